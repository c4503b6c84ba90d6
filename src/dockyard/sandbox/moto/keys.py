"""Key pairs drawn from a seeded generator: CreateKeyPair must repeat when a journal is replayed.

Knows nothing about moto. For a simulated cloud only: whoever knows the account's seed knows its keys.
"""

from __future__ import annotations

import math
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

#: Rounds of Miller and Rabin's test: a composite passes with a chance below 2⁻⁴⁰.
_ROUNDS = 20
_SMALL = math.prod(n for n in range(3, 2000, 2) if all(n % m for m in range(3, int(n**0.5) + 1, 2)))


def rsa_key(random: Any, public_exponent: int, key_size: int) -> rsa.RSAPrivateKey:
    """An RSA key of so many bits."""
    first, second = (_prime(random, key_size // 2, public_exponent) for _ in range(2))
    secret = pow(public_exponent, -1, math.lcm(first - 1, second - 1))
    numbers = rsa.RSAPrivateNumbers(
        first,
        second,
        secret,
        rsa.rsa_crt_dmp1(secret, first),
        rsa.rsa_crt_dmq1(secret, second),
        rsa.rsa_crt_iqmp(first, second),
        rsa.RSAPublicNumbers(public_exponent, first * second),
    )
    return numbers.private_key()


def ed25519_key(random: Any) -> Ed25519PrivateKey:
    """An Ed25519 key."""
    return Ed25519PrivateKey.from_private_bytes(random.randbytes(32))


def _prime(random: Any, bits: int, public_exponent: int) -> int:
    """A probable prime whose two highest bits are set, so that a product of two has twice the bits."""
    while True:
        number = random.getrandbits(bits) | 3 << (bits - 2) | 1
        if math.gcd(number, _SMALL) == 1 and math.gcd(number - 1, public_exponent) == 1 and _passes(random, number):
            return int(number)


def _passes(random: Any, number: int) -> bool:
    odd, halvings = number - 1, 0
    while odd % 2 == 0:
        odd, halvings = odd // 2, halvings + 1
    return all(_witnesses(random.randrange(2, number - 1), odd, halvings, number) for _ in range(_ROUNDS))


def _witnesses(base: int, odd: int, halvings: int, number: int) -> bool:
    """Whether the base speaks for the number being prime."""
    power = pow(base, odd, number)
    if power in (1, number - 1):
        return True
    for _ in range(halvings - 1):
        power = pow(power, 2, number)
        if power == number - 1:
            return True
    return False
