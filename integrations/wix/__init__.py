"""The Wix adapter. What it relies on of Wix is in docs/apis.md."""
