#include <string>

#include "adit/base64.h"
#include "adit/credentials.h"
#include "adit/secret.h"
#include "adit/signing_key.h"

#include "base/text/text.h"
#include "fuzz/folder.h"
#include "fuzz/input.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

namespace {

/// Makes a key at run time, because the repository must not contain keys.
const jwt::SigningKey& some_key() {
  static const auto key = jwt::SigningKey::generate(jwt::KeyType::ec_p256);
  return key;
}

/// Returns the key in one of the forms that users have.
std::string shaped_key(std::size_t shape) {
  const auto pem_secret = some_key().to_pem();
  const auto der_secret = some_key().to_der();
  const std::string pem(pem_secret.reveal());
  switch (shape) {
    case 0:
      return pem;
    case 1:
      return replace_all(pem, "\n", "\\n");
    case 2:
      return replace_all(pem, "\n", "\r\n");
    case 3:
      return replace_all(pem, "\n", " ");
    case 4:
      return base64_encode(pem);
    case 5:
      return base64_encode(der_secret.reveal());
    case 6:
      return base64url_encode(base64_encode(pem));
    default:
      return cat("-----BEGIN CERTIFICATE-----\n", base64_encode(pem), "\n-----END CERTIFICATE-----\n");
  }
}

}  // namespace

ADIT_FUZZ(key_text) {
  Input input(bytes);
  const auto shape = input.choice(10);
  const auto at = input.choice(200);
  const auto cut = input.choice(16);
  std::string text(input.rest());
  if (shape < 8) {
    // A key with the input inserted.
    const std::string key = shaped_key(shape);
    const auto place = key.size() * at / 200;
    text = key.substr(0, place) + text + key.substr(std::min(key.size(), place + cut));
  }
  // The text may also be a path. The folder is empty, and texts that could name other files are skipped.
  static const Folder folder;
  if (text.find_first_of("/~") != std::string::npos && text.size() < 4096 && shape >= 8) return;
  const auto key = accepted([&] { return read_private_key(Secret(text), Secret("passphrase"), "KEY", folder.path()); });
  if (shape < 8 && cut == 0 && input.rest().empty())
    require(key && key->key.thumbprint() == some_key().thumbprint(), "a key is read in every form");
}
