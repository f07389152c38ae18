"""Checks a report by its evidence, with Python's standard library alone:
    python3 verify_report.py REPORT [EVIDENCE]
It holds the report's SHA-256 against the signed statement, and leads every quoted event's hash
through the Merkle tree (RFC 9162) to the root that the statement names. The signature itself is
for OpenSSL to check: with --unpack this script writes statement.bin, signature.bin and signer.pem,
    openssl pkeyutl -verify -rawin -pubin -inkey signer.pem \\
        -in statement.bin -sigfile signature.bin
says whether it holds. Whether that key belongs to whom you trust is for you to know.
"""

import base64
import hashlib
import json
import sys


def root(leaf, index, size, path):
    """Where a path of hashes leads from a leaf (RFC 9162, 2.1.3.2); None where it leads nowhere."""
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if at % 2 or at == last:
            found = hashlib.sha256(b"\x01" + step + found).digest()
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + step).digest()
        at, last = at >> 1, last >> 1
    return found if last == 0 else None


def main():
    names = [each for each in sys.argv[1:] if each != "--unpack"]
    report = names[0]
    evidence = names[1] if len(names) > 1 else report + ".evidence.json"
    lines = {}
    for line in open(evidence, "rb").read().splitlines()[1:-1]:
        key, _, value = line.partition(b":")
        lines[json.loads(key)] = value.removesuffix(b",")
    statement = json.loads(lines["statement"])
    seal, proofs = statement["seal"], json.loads(lines["proofs"])
    wrong = []
    if hashlib.sha256(open(report, "rb").read()).hexdigest() != statement["report"]["sha256"]:
        wrong.append("The report is not the file that the evidence is for.")
    if hashlib.sha256(lines["proofs"]).hexdigest() != statement["proofs_sha256"]:
        wrong.append("The proofs are not those of the statement.")
    for proof in proofs:
        leaf = bytes.fromhex(proof["leaf"])
        event = proof.get("event")
        if event is not None and hashlib.sha256(b"\x00" + event.encode()).digest() != leaf:
            wrong.append("The event at index %s is not what was hashed." % proof["index"])
        path = [bytes.fromhex(step) for step in proof["path"]]
        if root(leaf, proof["index"], seal["size"], path) != bytes.fromhex(seal["root"]):
            wrong.append("The event at index %s does not lead to the root." % proof["index"])
    fine = "The report and its %d quoted events are what the statement says." % len(proofs)
    print("\n".join(wrong) or fine)
    print("Root %s over %d events, sealed %s." % (seal["root"], seal["size"], seal["made"]))
    signature = json.loads(lines["signature"])
    if signature:
        key = base64.b64decode("".join(signature["key"].splitlines()[1:-1]))
        print("Signed with the key sha256:" + hashlib.sha256(key).hexdigest())
    else:
        print("Not signed.")
    if signature and "--unpack" in sys.argv:
        open("statement.bin", "wb").write(lines["statement"])
        open("signature.bin", "wb").write(base64.b64decode(signature["value"]))
        open("signer.pem", "w").write(signature["key"])
    sys.exit(1 if wrong else 0)


try:
    main()
except (KeyError, IndexError, ValueError, OSError) as error:
    sys.exit("Nothing is verified, the report or its evidence can't be read: %r" % error)
