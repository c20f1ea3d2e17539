import base64
import json
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from sandbox.ecwid.embedding import encrypted, payload
from tests.sandbox.ecwid_shop import Clock, Shop

VECTOR = (
    "AAECAwQFBgcICQoLDA0OD5KBoHEHjG1FDkh6M9JxNpBs4NCCP96CuvvKhLD5GhHN09rUWDldJZZSlfvpMWFP2z_M-oihyhM01bFqKtC0_Rllzb8eQ6-"
    "lwgHSA1a_hxbc0cS9OEzkhTgR5VJfMRePNQ"
)
URL = "https://app.example.test/app"


def test_the_enhanced_payload_is_that_of_the_known_example():
    content = payload(1003, "secret_sim_1003")
    assert encrypted(content, "sim_client_secret_0123456789", bytes(range(16))) == VECTOR


def test_the_default_payload_is_hex_in_the_fragment():
    answer = Shop(Clock()).control("GET", f"/embedding?app_url={URL}&app_state=orders")
    address = urlsplit(answer["url"])
    assert (address.path, address.query) == ("/app", "")
    assert json.loads(bytes.fromhex(address.fragment)) == {
        "store_id": 1003,
        "lang": "fr",
        "access_token": "secret_sim_1003",
        "view_mode": "PAGE",
        "app_state": "orders",
    }


def test_the_enhanced_payload_opens_with_the_apps_secret():
    answer = Shop(Clock()).control("GET", f"/embedding?app_url={URL}&mode=enhanced&view_mode=POPUP")
    address = urlsplit(answer["url"])
    blob = base64.urlsafe_b64decode(parse_qs(address.query)["payload"][0] + "==")
    decryptor = Cipher(algorithms.AES(b"sandbox-secret"[:16].ljust(16, b"\0")), modes.CBC(blob[:16])).decryptor()
    unpadder = PKCS7(128).unpadder()
    text = unpadder.update(decryptor.update(blob[16:]) + decryptor.finalize()) + unpadder.finalize()
    assert json.loads(text)["view_mode"] == "POPUP"
