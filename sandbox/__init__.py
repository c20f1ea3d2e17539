"""Simulated stores and books on real HTTP ports: for the demo, the tests and the benchmarks.

Nothing here imports the application, so what the simulators compute is an independent opinion on every amount.
"""
