// What a program that carries libcurl (adit::carried) has in place of libraries that adit never asks libcurl to use:
// cmake/AditCarried.cmake gives their functions these addresses.

extern "C" {

/// Did what was asked, and found nothing: 0, or a null pointer.
long adit_absent() { return 0; }

/// Could not do it, as LDAP and GSS-API say so.
long adit_failing() { return -1; }
}
