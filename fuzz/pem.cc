#include "crypto/pem.h"

#include "adit/jwt.h"
#include "adit/secret.h"
#include "adit/signing_key.h"

#include "fuzz/target.h"

using namespace adit;
using namespace adit::jwt;
using namespace adit::fuzz;

namespace {

void read_everything(const Certificate& certificate) {
  static_cast<void>(certificate.subject() + certificate.issuer() + certificate.serial() + certificate.to_pem());
  static_cast<void>(certificate.not_before());
  static_cast<void>(certificate.not_after());
  static_cast<void>(certificate.names());
  static_cast<void>(certificate.is_authority());
  accepted([&] { return certificate.public_key().thumbprint(); });
}

}  // namespace

ADIT_FUZZ(pem) {
  for (const auto& block : parse_pem(bytes)) {
    if (!block.ended || block.body.empty() || block.encrypted_traditionally()) continue;
    const auto printed = write_pem(block.label, block.body.reveal());
    const auto again = parse_pem(printed.reveal());
    require(again.size() == 1 && again[0].label == block.label && again[0].body == block.body,
            "a block that is printed reads as itself");
  }
  static_cast<void>(der_extent(bytes));
  if (const auto key = accepted([&] { return PublicKey::from_pem(bytes); }))
    require(PublicKey::from_pem(key->to_pem()) == *key, "a public key that is printed reads as itself");
  accepted([&] { return PublicKey::from_der(bytes).thumbprint(); });
  accepted([&] { return SigningKey::from_pem(Secret(bytes), Secret("passphrase")).thumbprint(); });
  accepted([&] { return SigningKey::from_der(Secret(bytes)).thumbprint(); });
  if (const auto certificate = accepted([&] { return Certificate::read(bytes); })) read_everything(*certificate);
  accepted([&] { return read_keys(bytes).keys().size(); });
}
