"""The tenants' own keys: sealed before they reach the database, opened only in the process that calls the vendor."""

from leadgen.store.vault.credentials import Credentials
from leadgen.store.vault.master_keys import MasterKeys, configured_master_keys, installation_master_key
from leadgen.store.vault.vault import CredentialsUnreadable, Vault, VaultReport

__all__ = [
    "Credentials",
    "CredentialsUnreadable",
    "MasterKeys",
    "Vault",
    "VaultReport",
    "configured_master_keys",
    "installation_master_key",
]
