#pragma once

#include "adit/signing_key.h"

#include "crypto/openssl.h"

namespace adit::jwt {

/// Used only in src/crypto.
struct Certificate::Handle {
  openssl::Certificate x509;
};

}  // namespace adit::jwt
