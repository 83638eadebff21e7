#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "adit/credentials.h"
#include "adit/ims.h"
#include "adit/secret.h"

#include "issuers/ims/console_secrets.h"

namespace adit::cli {

/// A client secret that is to be replaced: whose, and where it stands.
struct Rotation {
  const Credentials& credentials;
  const ims::ConsoleSecrets& secrets;
  ims::Client& client;
  /// A token for `secrets`; asked for once it is known that the rest can be done.
  std::function<Secret()> token;
  /// The `.env` in which the secret in use stands.
  std::string env_file;
  /// How long the new secret may take to work: IMS learns of it a little later than the Console.
  std::chrono::milliseconds patience;
  /// Leaves the old secret, for others who still use it.
  bool keep_old = false;
};

struct Rotated {
  std::string added;
  /// Empty if the old one was kept.
  std::string removed;
  /// The settings of `.env` that hold the new secret.
  std::vector<std::string> settings;
};

/// Adds a secret, proves it by an exchange, writes it to `.env`, and removes the old one only then. Whatever fails, and
/// wherever SIGINT comes, `.env` holds a secret that works: before it is rewritten a new secret is taken back, after it
/// both remain. Tells its steps on stderr.
///
/// Throws Error: `secret_elsewhere` (configuration) where rewriting the file would not change the secret in use,
/// `secret_limit_reached`, `rotation_failed`, `old_secret_remains`.
Rotated rotate_secret(const Rotation& rotation);

}  // namespace adit::cli
