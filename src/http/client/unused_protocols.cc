// Stand-ins for the libraries of protocols that adit never uses, such as LDAP and SSH: in a program that holds
// libcurl.a, the linker gives their functions these addresses. docs/static-linking.md says why.

extern "C" {

/// Returns 0, or a null pointer: what was asked is done, or nothing was found.
long adit_unused_returns_0() { return 0; }

/// Returns -1: a failure, for LDAP and GSS-API.
long adit_unused_fails() { return -1; }
}
