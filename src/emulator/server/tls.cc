#include "emulator/server/tls.h"

#include <algorithm>

#include "adit/emulator.h"
#include "adit/signing_key.h"

#include "crypto/certificate_validity.h"

namespace adit::emulator {

ThrowAwayTls make_throw_away_tls(const std::string& host, const Clock& clock) {
  const auto ca_key = jwt::SigningKey::generate(jwt::KeyType::ec_p256);
  const auto ca = jwt::make_self_signed(
      {.subject = jwt::DistinguishedName{.common_name = "adit emulator CA", .organization = "adit"},
       .validity = jwt::kMaxServerCertificateValidity,
       .authority = true},
      ca_key, clock);

  std::vector<std::string> names = {"localhost", "127.0.0.1", "::1"};
  for (const auto& origin : adobe_origins()) names.push_back(origin.substr(origin.find("//") + 2));
  auto own = host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
  // A client cannot connect to the unspecified addresses.
  const bool nameable = !own.empty() && own != "0.0.0.0" && own != "::";
  if (nameable && std::find(names.begin(), names.end(), own) == names.end()) names.push_back(std::move(own));

  const auto key = jwt::SigningKey::generate(jwt::KeyType::ec_p256);
  const auto certificate =
      jwt::make_certificate({.subject = jwt::DistinguishedName{.common_name = "adit emulator", .organization = "adit"},
                             .names = names,
                             .validity = jwt::kMaxServerCertificateValidity},
                            key.public_key(), {.certificate = ca, .key = ca_key}, clock);
  return {.identity = http::TlsIdentity{.certificate_chain_pem = certificate.to_pem() + ca.to_pem(),
                                        .private_key_pem = key.to_pem()},
          .ca_pem = ca.to_pem()};
}

}  // namespace adit::emulator
