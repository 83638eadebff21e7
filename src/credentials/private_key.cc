#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "adit/base64.h"
#include "adit/credentials.h"
#include "adit/error.h"

#include "base/text/text.h"
#include "config/base64_key.h"
#include "credentials/key_text.h"
#include "crypto/pem.h"
#include "crypto/private_key_reader.h"

namespace adit {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxFileBytes = 256U << 10U;
/// The most layers of base64 that are decoded; people do encode twice.
constexpr int kMaxLayers = 3;

/// The parts of a call of read_private_key() that stay the same in all layers.
struct Reading {
  const Secret& passphrase;
  /// The key's name in messages: "JWT_PRIVATE_KEY", or the same with the file that it names.
  std::string subject;
  std::string name;
  /// The setting of the passphrase.
  std::string passphrase_name;
};

Error refuse(const Reading& reading, std::string code, std::string_view what, std::string hint) {
  return Error::configuration(std::move(code), cat(reading.subject, ' ', what)).hint(std::move(hint));
}

Error is_truncated(const Reading& reading) {
  return refuse(reading, "key_truncated", "is cut off: its end is missing.",
                "Copy the complete key again. In .env, put a key of several lines in double quotes.");
}

/// Returns the refusal as an Error that names the setting, and the passphrase's setting in the hint.
Error refuse(const Reading& reading, const jwt::UnusableKey& refusal) {
  auto hint = refusal.hint;
  if (refusal.code == "key_encrypted") {
    hint = cat("Give its passphrase in ", reading.passphrase_name,
               ", or remove the encryption: openssl pkey -in private.key -out plain.key");
  } else if (refusal.code == "key_passphrase_wrong") {
    hint = cat("Check ", reading.passphrase_name,
               "; openssl pkey -in private.key -noout asks for the passphrase and shows whether it is correct.");
  }
  return refuse(reading, refusal.code, refusal.words, std::move(hint));
}

/// The structure of a key in DER.
enum class DerKind { pkcs8, encrypted_pkcs8, pkcs1, sec1, unknown };

DerKind der_kind(std::string_view der) {
  // PKCS#8 and PKCS#1 begin with a version, an encrypted PKCS#8 with the SEQUENCE that names its cipher (RFC 5958, RFC
  // 8017 appendix A.1.2).
  constexpr char kInteger = 0x02;
  constexpr char kSequence = 0x30;
  constexpr char kOctets = 0x04;
  std::size_t at = 2;
  if (der.size() > 1 && (static_cast<unsigned char>(der[1]) & 0x80U) != 0)
    at += static_cast<unsigned char>(der[1]) & 0x7FU;
  if (at + 4 > der.size()) return DerKind::unknown;
  if (der[at] == kSequence) return DerKind::encrypted_pkcs8;
  if (der[at] != kInteger) return DerKind::unknown;
  const char after_version = der[at + 3];
  if (after_version == kSequence) return DerKind::pkcs8;
  return after_version == kOctets ? DerKind::sec1 : DerKind::pkcs1;
}

/// The text for PrivateKey::encoding.
std::string describe(DerKind kind) {
  switch (kind) {
    case DerKind::pkcs8:
      return "PKCS#8 DER";
    case DerKind::encrypted_pkcs8:
      return "encrypted PKCS#8 DER";
    case DerKind::pkcs1:
      return "PKCS#1 DER";
    case DerKind::sec1:
      return "SEC1 DER";
    case DerKind::unknown:
      break;
  }
  return "DER";
}

std::string block_encoding(const jwt::PemBlock& block) {
  const std::string encrypted = block.encrypted_traditionally() ? "encrypted " : "";
  if (block.label == "RSA PRIVATE KEY") return encrypted + "PKCS#1";
  if (block.label == "EC PRIVATE KEY") return encrypted + "SEC1";
  return block.label == "ENCRYPTED PRIVATE KEY" ? "encrypted PKCS#8" : "PKCS#8";
}

PrivateKey read_der(const Secret& der, const Reading& reading) {
  try {
    return {jwt::signing_key_from_der(der.reveal(), reading.passphrase), describe(der_kind(der.reveal()))};
  } catch (const jwt::UnusableKey& refusal) {
    throw refuse(reading, refusal);
  }
}

PrivateKey read_layer(const Secret& text, const Reading& reading, int layers);

bool is_binary_der(std::string_view bytes) {
  return jwt::der_extent(bytes) != jwt::DerExtent::not_der && bytes.find('\0') != std::string_view::npos;
}

/// Whether the last line of the PEM is a wrong END line, for example with too few dashes or another label.
bool has_wrong_end(std::string_view pem) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kDashes = "-----";
  pem = trim(pem);
  const auto begin = pem.find(kBegin);
  if (begin == std::string_view::npos) return false;
  const auto label =
      pem.substr(begin + kBegin.size(), pem.find(kDashes, begin + kBegin.size()) - begin - kBegin.size());
  const auto last = trim(pem.substr(pem.rfind('\n') + 1));  // npos + 1 is 0
  return last.find("END") != std::string_view::npos && last.find("KEY") != std::string_view::npos &&
         last.find("BEGIN") == std::string_view::npos && last != cat("-----END ", label, kDashes);
}

/// Whether the block is a key between CERTIFICATE lines: certutil writes these around everything that it encodes.
bool is_armour(const jwt::PemBlock& block) {
  if (block.label.ends_with("PRIVATE KEY")) return false;
  const Secret inner = without_wrapping(block.body.reveal());
  const auto body = inner.reveal();
  return body.find("-----BEGIN") != std::string_view::npos || begins_like_base64_key(body);
}

PrivateKey read_pem(const Secret& text, const Reading& reading, int layers) {
  const bool escaped = text.reveal().find('\\') != std::string_view::npos;
  const Secret pem = escaped ? without_escapes(text.reveal()) : text;
  const auto blocks = jwt::parse_pem(pem.reveal());
  if (layers < kMaxLayers && blocks.size() == 1 && is_armour(blocks.front())) {
    PrivateKey found = read_layer(blocks.front().body, reading, layers + 1);
    found.encoding += " in certutil's armour";
    return found;
  }
  std::string encoding;
  for (const auto& block : blocks) {
    if (encoding.empty() && block.label.ends_with("PRIVATE KEY")) encoding = block_encoding(block) + " PEM";
  }
  if (escaped) {
    encoding += " with literal \\n";
  } else if (pem.reveal().find('\n') == std::string_view::npos) {
    encoding += " on one line";
  }
  try {
    return {jwt::signing_key_from_blocks(blocks, reading.passphrase), encoding};
  } catch (const jwt::UnusableKey& refusal) {
    // The CERTIFICATE lines may contain a DER key, encoded by certutil -encode.
    if (blocks.size() == 1 && blocks.front().ended && refusal.code == "key_is_certificate" &&
        der_kind(blocks.front().body.reveal()) != DerKind::unknown) {
      try {
        PrivateKey found = read_der(blocks.front().body, reading);
        found.encoding += " in certutil's armour";
        return found;
      } catch (const Error& inner) {
        if (inner.code() != "invalid_key") throw;
      }
    }
    if (refusal.code == "key_truncated" && has_wrong_end(pem.reveal()))
      throw refuse(
          reading, "key_truncated", "does not end with the END line that belongs to its BEGIN line.",
          "Write `-----END PRIVATE KEY-----` as the last line, with five dashes on both sides and the same words as after BEGIN.");
    throw refuse(reading, refusal);
  }
}

/// Whether the first line of the text is a wrong BEGIN line: with the dashes of a word processor, with too few dashes,
/// or in lower case.
bool has_wrong_begin(std::string_view text) {
  constexpr std::size_t kLongestLine = 60;
  const auto line = to_lower(text.substr(0, std::min(text.find('\n'), kLongestLine)));
  const auto begin = line.find("begin ");
  if (begin == std::string::npos || line.find("private key") == std::string::npos) return false;
  const auto is_of_dashes = [](std::string_view before) {
    constexpr std::array<std::string_view, 9> kDashes{"-",      "_",      "\u2010", "\u2011", "\u2012",
                                                      "\u2013", "\u2014", "\u2015", "\u2212"};
    while (!before.empty()) {
      const auto* const dash = std::ranges::find_if(kDashes, [before](auto one) { return before.starts_with(one); });
      if (dash == kDashes.end() && before.front() != ' ') return false;
      before.remove_prefix(dash == kDashes.end() ? 1 : dash->size());
    }
    return true;
  };
  return is_of_dashes(std::string_view(line).substr(0, begin));
}

bool holds_pem(std::string_view text) { return text.find("-----BEGIN") != std::string_view::npos; }

/// Reads the text as base64. Returns nullopt if it is not base64, or if the decoded bytes are not a key.
std::optional<PrivateKey> try_base64(const Secret& text, const Reading& reading, int layers) {
  const Secret plain = without_escapes(text.reveal());
  auto decoded = base64_decode_forgiving(plain.reveal());
  if (!decoded) return std::nullopt;
  const auto bytes = Secret::taken_from(*decoded);
  const bool wrapped = plain.reveal().find('\n') != std::string_view::npos;
  const Secret inner = without_wrapping(bytes.reveal());
  const bool der = jwt::der_extent(bytes.reveal()) != jwt::DerExtent::not_der && begins_like_base64_key(plain.reveal());
  if (!der && !holds_pem(inner.reveal()) && !begins_like_base64_key(inner.reveal())) return std::nullopt;
  PrivateKey found = der ? read_der(bytes, reading) : read_layer(inner, reading, layers + 1);
  found.encoding += wrapped ? " in wrapped base64" : " in base64";
  return found;
}

PrivateKey read_layer(const Secret& text, const Reading& reading, int layers) {
  const Secret bare = without_wrapping(text.reveal());
  const auto view = bare.reveal();
  if (view.empty()) {
    throw refuse(reading, "key_empty", "is empty.",
                 "Give the private key: base64 of its PEM, the PEM itself, or the path of its file.");
  }
  if (is_shortened_example(view)) {
    throw refuse(reading, "key_is_example", "is a shortened example from a web page: it has dots in the middle.",
                 "Write your own key there. base64 -w0 private.key prints it in the form for .env.");
  }
  if (holds_pem(view)) return read_pem(bare, reading, layers);
  if (layers < kMaxLayers) {
    if (auto found = try_base64(bare, reading, layers)) return *std::move(found);
  }
  if (begins_like_base64_key(view)) {
    const Secret plain = without_escapes(view);
    // Only characters of base64, without padding: the text was cut off at a length that base64 cannot have. Other
    // characters mean that it is damaged.
    if (plain.reveal().find_first_not_of(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_= \t\r\n") == std::string_view::npos &&
        plain.reveal().find('=') == std::string_view::npos) {
      throw is_truncated(reading);
    }
    throw refuse(reading, "invalid_key",
                 "is damaged: it begins like base64, but contains characters that base64 does not have there.",
                 "Make it again: base64 -w0 private.key");
  }
  if (has_wrong_begin(view)) {
    throw refuse(
        reading, "invalid_key", "does not begin with a BEGIN line of PEM, though its first line is meant as one.",
        "Write `-----BEGIN PRIVATE KEY-----` as the first line and `-----END PRIVATE KEY-----` as the last one: five plain dashes on both sides, and capital letters.");
  }
  if (view.starts_with("ssh-") || view.starts_with("ecdsa-sha2-")) {
    throw refuse(reading, "key_is_public", "is an OpenSSH public key; only the private half can sign.",
                 "Give the private key in PEM.");
  }
  throw refuse(
      reading, "key_not_recognised",
      "is not a private key: neither PEM, nor base64 of PEM or DER, nor the path of a file.",
      "It should begin with -----BEGIN PRIVATE KEY----- or, as base64, with LS0tLS1CRUdJTi. A client secret or password does not belong here.");
}

Error unreadable(const Reading& reading, std::string_view what) {
  return refuse(reading, "key_file_unreadable", what,
                "Give the path of the private key's file, and let this user read it.");
}

PrivateKey read_key_file(const fs::path& path, const std::string& shown, Reading reading) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (fs::is_directory(status)) throw unreadable(reading, "names a folder, not a file.");
  // Reading a pipe or device might never end.
  if (!fs::is_regular_file(status)) throw unreadable(reading, "names something that is not a regular file.");
  if (fs::file_size(path, error) > kMaxFileBytes || error)
    throw unreadable(reading, "names a file that is too long for a key.");
  Secret content;
  try {
    std::string bytes = read_file(path.string());
    content = Secret(bytes);
    wipe(bytes.data(), bytes.size());
  } catch (const Error&) {
    throw unreadable(reading, "names a file that cannot be read.");
  }
  reading.subject = cat(reading.name, " (file ", shown, ")");
  PrivateKey found = is_binary_der(content.reveal()) ? read_der(content, reading) : read_layer(content, reading, 0);
  found.encoding = cat("file ", shown, ": ", found.encoding);
  return found;
}

Error missing_file(const Reading& reading, std::string_view text, const fs::path& path) {
  // The path is shown only if it ends like a key file: another text may be a password that begins with a slash.
  const std::string which =
      is_key_file_name(text) ? cat("a file that does not exist: ", path.string(), ".") : "a file that does not exist.";
  if (text.starts_with("~")) {
    return refuse(reading, "key_file_missing", cat("looks like the path of ", which),
                  "The sign ~ is the shell's and means nothing in a setting: write the whole path, from /home on.");
  }
  if (text.starts_with("file:")) {
    return refuse(reading, "key_file_missing", cat("looks like the path of ", which),
                  "Write a plain path, without file:");
  }
  return refuse(reading, "key_file_missing", cat("looks like the path of ", which),
                "Check the path; a relative one starts at the folder of .env.");
}

}  // namespace

PrivateKey read_private_key(const Secret& text, const Secret& passphrase, const std::string& name,
                            const std::string& folder, const std::string& passphrase_name) {
  const Reading reading{passphrase, name, name, passphrase_name.empty() ? name + "_PASSPHRASE" : passphrase_name};
  if (is_binary_der(text.reveal())) return read_der(text, reading);
  const Secret bare = without_wrapping(text.reveal());
  const auto view = bare.reveal();
  if (is_unexpanded_variable(view)) {
    throw refuse(reading, "key_not_expanded", "is the name of a variable that was not replaced by its value.",
                 cat("Set ", name, " in .env, or in the environment; single quotes keep a shell from replacing it."));
  }
  if (const auto file = key_file_named_by(view, folder)) return read_key_file(*file, std::string(view), reading);
  if (view.find('\0') == std::string_view::npos && looks_like_path(view) && !is_shortened_example(view))
    throw missing_file(reading, view, (fs::path(folder) / fs::path(view)).lexically_normal());
  return read_layer(bare, reading, 0);
}

}  // namespace adit
