#pragma once

#include "adit/signing_key.h"

#include "crypto/openssl.h"

namespace adit::jwt {

/// For this floor's sources only.
struct Certificate::Handle {
  openssl::Certificate x509;
};

}  // namespace adit::jwt
