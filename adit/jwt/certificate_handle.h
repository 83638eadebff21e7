#pragma once

#include "adit/jwt/certificate.h"
#include "adit/jwt/openssl.h"

namespace adit::jwt {

/// For this floor's sources only.
struct Certificate::Handle {
  openssl::Certificate x509;
};

}  // namespace adit::jwt
