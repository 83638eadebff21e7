// These functions replace the libraries of protocols that adit never uses, such as LDAP and SSH. In a program that
// contains libcurl.a, the linker resolves all functions of these libraries to these two. docs/static-linking.md
// explains why.

extern "C" {

/// Returns 0 or a null pointer, which means success, or "not found".
long adit_unused_returns_0() { return 0; }

/// Returns -1, which means failure in LDAP and GSS-API.
long adit_unused_fails() { return -1; }
}
