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

/// A client secret to replace: its credential, and the file that contains it.
struct Rotation {
  const Credentials& credentials;
  const ims::ConsoleSecrets& secrets;
  ims::Client& client;
  /// Returns a token for `secrets`. Called after the other preconditions are checked.
  std::function<Secret()> token;
  /// The `.env` that contains the secret in use.
  std::string env_file;
  /// How long the new secret may take to work: it reaches IMS a little later than the Developer Console.
  std::chrono::milliseconds wait_limit;
  /// Keeps the old secret for others who still use it.
  bool keep_old = false;
};

struct Rotated {
  std::string added;
  /// The id of the removed secret; empty if the old one was kept.
  std::string removed;
  /// The settings of `.env` that contain the new secret.
  std::vector<std::string> settings;
};

/// Adds a secret, proves by an exchange that it works, writes it to `.env`, and then removes the old one. If a step
/// fails or SIGINT arrives, `.env` still has a working secret. Before `.env` is written, the new secret is removed;
/// afterwards both are kept. Reports its steps on stderr.
///
/// Throws Error: `secret_elsewhere` (configuration) if rewriting the file would not change the secret in use,
/// `secret_limit_reached`, `rotation_failed`, `old_secret_remains`.
Rotated rotate_secret(const Rotation& rotation);

}  // namespace adit::cli
