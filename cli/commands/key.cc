#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include <unistd.h>

#include "adit/base64.h"
#include "adit/credentials.h"
#include "adit/environment.h"
#include "adit/error.h"
#include "adit/json.h"
#include "adit/signing_key.h"
#include "cli/command_line/command.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/subject_text.h"
#include "cli/terminal/terminal.h"

#include "base/text/byte_order_mark.h"
#include "base/text/shell_word.h"
#include "base/text/text.h"
#include "config/dotenv_edit.h"
#include "credentials/key_setting.h"
#include "system/files/replace_file.h"
#include "system/files/resolve_for_writing.h"

namespace adit::cli {
namespace {

namespace fs = std::filesystem;

struct KeyRequest {
  std::string source;
  std::string name = "JWT_PRIVATE_KEY";
  std::string certificate;
  bool json = false;
  // generate
  int bits = 2048;
  int days = 365;
  std::string subject = "CN=adit";
  std::string out;
  bool force = false;
};

constexpr std::size_t kMaxKeyBytes = 1U << 20U;

std::string read_key_text() {
  std::string text;
  char bytes[4096];
  while (std::cin.read(bytes, sizeof bytes), std::cin.gcount() > 0) {
    text.append(bytes, static_cast<std::size_t>(std::cin.gcount()));
    if (text.size() > kMaxKeyBytes) {
      throw Error::configuration("input_too_long", "The text on stdin is too long for a key.")
          .hint("Give a key, or a .env file that contains one.");
    }
  }
  return text;
}

std::string read_source(const std::string& source) {
  if (source == "-") return read_key_text();
  std::error_code error;
  if (source == ".env" && !fs::exists(source, error)) {
    throw Error::configuration("file_unreadable", "There is no .env in this folder.")
        .hint("Name the file that contains the key: adit key show private.key");
  }
  if (fs::is_regular_file(source, error) && fs::file_size(source, error) > kMaxKeyBytes) {
    throw Error::configuration("input_too_long", cat(source, " is too long for a key."))
        .hint("Give a key, or a .env file that contains one.");
  }
  return read_file(source);
}

/// Whether the bytes are DER, not text.
bool is_binary(std::string_view text) {
  return text.size() > 4 && text[0] == 0x30 && text.find('\0') != std::string_view::npos;
}

/// Reads the key in a file, on stdin, or in a .env file under the name.
PrivateKey read_key(const KeyRequest& request) {
  auto text = read_source(request.source);
  const auto shown = request.source == "-" ? std::string("stdin") : request.source;
  auto settings = Environment::process();
  if (is_binary(text)) {
    return read_private_key(Secret::taken_from(text), Secret(settings.get_or(request.name + "_PASSPHRASE", "")), shown,
                            ".", request.name + "_PASSPHRASE");
  }
  const auto file = EnvFile::parse(text, shown);
  const auto whole = Secret::taken_from(text);
  Environment held;
  held.add_file(file);
  settings.add_file(file);
  const Secret passphrase(settings.get_or(request.name + "_PASSPHRASE", ""));
  if (const auto* found = held.find(request.name)) {
    const Secret text(found->value);
    auto folder = fs::path(request.source).parent_path().string();
    if (folder.empty()) folder = ".";
    refuse_key_file_outside(text, folder, {}, request.name);
    return read_private_key(text, passphrase, request.name, folder);
  }
  if (fs::path(request.source).filename().string().starts_with(".env")) {
    throw Error::configuration("missing_params", cat(shown, " has no ", request.name, "."))
        .hint("Name another key with --name, or another file.");
  }
  // The text may name another file, which must be inside the current folder; text on stdin is trusted.
  if (request.source != "-") refuse_key_file_outside(whole, ".", {}, shown);
  try {
    return read_private_key(whole, passphrase, shown, ".", request.name + "_PASSPHRASE");
  } catch (const Error& error) {
    if (error.code() != "key_not_recognised" || !is_utf16(whole.reveal())) throw;
    throw Error::configuration("file_unreadable", cat(shown, " is UTF-16, not UTF-8, and contains more than a key."))
        .hint("Save it as UTF-8; PowerShell's `>` writes UTF-16, `Out-File -Encoding utf8` does not.");
  }
}

void warn_of_rsa(const PrivateKey& found) {
  if (found.key.type() != jwt::KeyType::rsa)
    note(cat("this is an ", jwt::to_string(found.key.type()), " key; IMS accepts only RSA (RS256)"));
}

void encode(const KeyRequest& request) {
  const auto found = read_key(request);
  warn_of_rsa(found);
  note(cat("read ", found.encoding));
  const Secret value(base64_encode(found.key.to_pem().reveal()));
  if (request.json) {
    std::cout << shown_json(
                     json::object{{"name", request.name}, {"value", value.reveal()}, {"encoding", found.encoding}})
              << '\n';
  } else {
    std::cout << dotenv_line(request.name, value.reveal()) << '\n';
  }
}

void decode_key(const KeyRequest& request) {
  const auto found = read_key(request);
  const auto pem = found.key.to_pem();
  if (request.json) {
    std::cout << shown_json(json::object{{"pem", pem.reveal()}, {"encoding", found.encoding}}) << '\n';
  } else {
    std::cout << pem.reveal();
  }
}

json::object describe(const jwt::Certificate& certificate) {
  return {{"subject", certificate.subject()},
          {"issuer", certificate.issuer()},
          {"not_before", to_rfc3339(certificate.not_before())},
          {"not_after", to_rfc3339(certificate.not_after())},
          {"sha1_fingerprint", certificate.sha1_fingerprint()},
          {"sha256_fingerprint", certificate.sha256_fingerprint()}};
}

void show(const KeyRequest& request) {
  const auto found = read_key(request);
  json::object out{{"type", jwt::to_string(found.key.type())},
                   {"bits", found.key.bits()},
                   {"encoding", found.encoding},
                   {"fingerprint", found.key.public_key().thumbprint()}};
  bool fits = true;
  bool expired = false;
  if (!request.certificate.empty()) {
    const auto certificate = read_from(request.certificate, jwt::Certificate::read);
    fits = certificate.public_key() == found.key.public_key();
    expired = certificate.not_after() < Clock::system().wall_now();
    auto described = describe(certificate);
    described["fits"] = fits;
    described["expired"] = expired;
    out["certificate"] = std::move(described);
  }
  if (request.json) {
    std::cout << shown_json(out) << '\n';
  } else {
    std::cout << "type         " << jwt::to_string(found.key.type()) << "\nsize         " << found.key.bits()
              << " bits\nencoding     " << found.encoding << "\nfingerprint  " << found.key.public_key().thumbprint()
              << " (RFC 7638)\n";
    if (!request.certificate.empty()) {
      const auto& shown = out["certificate"].as_object();
      std::cout << "certificate  " << string_member(shown, "subject") << ", until " << string_member(shown, "not_after")
                << (expired ? " (expired)" : "") << "\n             SHA-1 " << string_member(shown, "sha1_fingerprint")
                << '\n'
                << (fits ? "fits         yes" : "fits         no: the certificate is of another key") << '\n';
    }
  }
  warn_of_rsa(found);
  if (!fits) exit_code() = 1;
}

void refuse_existing(const std::string& path, bool force) {
  std::error_code error;
  if (force || !fs::exists(fs::symlink_status(path, error))) return;
  throw Error::configuration("file_exists", cat(path, " exists already."))
      .hint("Choose other names with --out, or replace the files with --force. A key that is replaced is lost.");
}

void refuse_folder(const std::string& prefix) {
  const auto name = fs::path(prefix).filename();
  if (prefix.empty() || !(name.empty() || name == "." || name == "..")) return;
  throw Error::configuration("invalid_name", cat("--out ", prefix, " names a folder, but no file in it."))
      .hint("Write the beginning of the files' names after it: --out DIR/NAME makes DIR/NAME.key and DIR/NAME.crt.");
}

void generate(const KeyRequest& request) {
  refuse_folder(request.out);
  const auto key_path = request.out.empty() ? std::string("private.key") : request.out + ".key";
  const auto certificate_path = request.out.empty() ? std::string("certificate_pub.crt") : request.out + ".crt";
  refuse_existing(key_path, request.force);
  refuse_existing(certificate_path, request.force);
  const auto subject = parse_subject(request.subject);
  const auto key = [&request] {
    const Waiting waiting("Making a key");
    return jwt::SigningKey::generate_rsa(request.bits);
  }();
  const auto certificate =
      jwt::make_self_signed({.subject = subject, .validity = std::chrono::hours(24 * request.days)}, key);
  std::vector<FileChange> changes;
  changes.push_back(
      {.path = key_path, .before = read_file_if_there(key_path), .after = std::string(key.to_pem().reveal())});
  changes.push_back({.path = certificate_path,
                     .before = read_file_if_there(certificate_path),
                     .after = certificate.to_pem(),
                     .new_mode = 0644});
  // A key file that is overwritten may have been readable by others.
  std::error_code ignored;
  if (changes.front().before)
    fs::permissions(resolve_for_writing(key_path), fs::perms::owner_read | fs::perms::owner_write, ignored);
  replace_files(changes);
  wipe(changes.front().after.data(), changes.front().after.size());
  if (request.json) {
    auto out = describe(certificate);
    out["key"] = key_path;
    out["certificate"] = certificate_path;
    out["bits"] = key.bits();
    std::cout << shown_json(out) << '\n';
  } else {
    std::cout << "key          " << key_path << " (RSA, " << key.bits() << " bits, for you alone)\ncertificate  "
              << certificate_path << ", until " << to_rfc3339(certificate.not_after()) << "\nSHA-1        "
              << certificate.sha1_fingerprint() << '\n';
    note(cat("upload ", certificate_path, " to the Developer Console; adit key encode ", shell_file(key_path),
             " prints the line for .env"));
  }
}

Command add_one(Command parent, const char* name, const char* about, const std::shared_ptr<KeyRequest>& request,
                void (*work)(const KeyRequest&)) {
  auto command = parent.add_command(name, about);
  command.add_flag("--json", request->json, "Print JSON");
  command.run([request, work] { work(*request); });
  return command;
}

void add_source(Command command, const std::shared_ptr<KeyRequest>& request, bool required) {
  auto file =
      command.add_option("FILE", request->source,
                         cat("A key in any form, a .env file, or - for stdin", required ? "" : "; default: .env"));
  if (required) {
    file.required();
  } else {
    request->source = ".env";
  }
  command.add_option("--name", request->name, "The setting's name in .env (JWT_PRIVATE_KEY)").type_name("NAME");
}

}  // namespace

void add_key(Command program) {
  auto key = program.add_command("key", "Encode, decode, show and generate private keys");
  key.require_command();
  const auto encoding = std::make_shared<KeyRequest>();
  add_source(add_one(key, "encode", "Print a private key as a line for .env", encoding, encode), encoding, true);
  const auto decoding = std::make_shared<KeyRequest>();
  add_source(add_one(key, "decode", "Print a private key as PEM (PKCS#8)", decoding, decode_key), decoding, false);
  const auto showing = std::make_shared<KeyRequest>();
  auto shown =
      add_one(key, "show", "Print a key's type, size, encoding and fingerprint, but not the key", showing, show);
  add_source(shown, showing, false);
  shown
      .add_option("--certificate", showing->certificate,
                  "Compare the key with this certificate; exit with 1 if they do not match")
      .type_name("FILE");
  const auto making = std::make_shared<KeyRequest>();
  auto made =
      add_one(key, "generate", "Generate a private key and a certificate for the Developer Console", making, generate);
  made.add_option("--bits", making->bits, "2048 or 4096 (2048)").one_of({"2048", "4096"});
  made.add_option("--days", making->days, "How long the certificate is valid, in days (365)")
      .type_name("DAYS")
      .in_range(1, 36500);
  made.add_option(
          "--subject", making->subject,
          "The certificate's subject: CN=…, O=…, OU=…, C=…, ST=…, L=…, emailAddress=… (CN=adit). Write a comma inside a value as \\,")
      .type_name("SUBJECT");
  made.add_option("--out", making->out,
                  "Write PREFIX.key and PREFIX.crt instead of private.key and certificate_pub.crt")
      .type_name("PREFIX");
  made.add_flag("--force", making->force, "Overwrite existing files");
}

}  // namespace adit::cli
