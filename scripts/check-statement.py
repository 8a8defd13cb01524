#!/usr/bin/env python3
"""Checks a transparent statement with scitt-cose, which knows nothing of this project, and says what it found, as JSON.

    pip install scitt-cose==0.5.0
    scripts/check-statement.py STATEMENT ISSUER_JWKS NOTARY_JWKS

The keys are those that the network's portal shows at /organisations/ID/jwks.json.
"""
import base64
import hashlib
import json
import sys

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from scitt_cose import extract_receipts, parse_signed_statement, verify_receipt

SIGN1 = 18


def pem(path):
    """The key of a set, as the library reads it."""
    with open(path, encoding="utf-8") as file:
        (key,) = json.load(file)["keys"]
    x, y = (base64.urlsafe_b64decode(key[name] + "==") for name in ("x", "y"))
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + x + y)
    return point.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def main(statement_path, issuer, notary):
    with open(statement_path, "rb") as file:
        transparent = file.read()
    statement = parse_signed_statement(transparent, public_key_pem=pem(issuer))
    (receipt,) = extract_receipts(transparent)
    # What was registered is the statement without receipts; the log's entry, which the receipt carries, must have its hash.
    protected, _, payload, signature = cbor2.loads(transparent).value
    registered = cbor2.dumps(cbor2.CBORTag(SIGN1, [protected, {}, payload, signature]))
    entry = cbor2.loads(receipt).value[1]["pvn.entry"]
    time_ms, digest = cbor2.loads(entry)
    result = verify_receipt(receipt, leaf_entry_hex=entry.hex(), log_public_key_pem=pem(notary))
    found = {
        "signature": statement["signature_verified"],
        "issuer": statement["issuer"],
        "subject": statement["subject"],
        "content_type": statement["content_type"],
        "payload_bytes": len(statement["payload"] or b""),
        "receipt": result.ok,
        "receipt_errors": list(result.errors),
        "notary": result.issuer,
        "same_statement": digest == hashlib.sha256(registered).digest(),
        "registered_s": result.iat,
        "same_time": result.iat == time_ms // 1000,
    }
    print(json.dumps(found))
    return 0 if found["signature"] and found["receipt"] and found["same_statement"] and found["same_time"] else 1


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
