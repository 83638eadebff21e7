#pragma once

namespace adit {

/// Starts OpenSSL for a whole program: main() of the command and of actions calls it before anything else uses OpenSSL.
///
/// OpenSSL will not free its tables one by one when the program ends, because the system frees all memory at once.
/// If there is no memory to start OpenSSL, ends the program with an error on stderr and exit code 1. OpenSSL 3.5
/// would hang instead: it reports the failure through tables that it is just about to make.
void start_openssl() noexcept;

}  // namespace adit
