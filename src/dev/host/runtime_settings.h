#pragma once

#include <string>

#include "adit/environment.h"
#include "adit/secret.h"

namespace adit::dev {

/// What an action learns about the platform on which it runs: AIO_runtime_namespace, AIO_runtime_apihost and
/// AIO_runtime_auth, in any letter case, as Adobe's tools write them into `.env`.
struct RuntimeSettings {
  std::string name_space = "guest";
  std::string api_host = "https://adobeioruntime.net";
  /// The namespace's key, `USER:PASSWORD`; empty if it is not set.
  Secret api_key;
  /// Whether `api_host` is this program's own server. `certificate_file` is the file of its certificate; empty if it
  /// serves plain HTTP.
  bool is_this_server = false;
  std::string certificate_file;

  /// Throws Error `untrusted_destination` (configuration) if a project's file names the host but the key is the user's
  /// own.
  static RuntimeSettings of(const Environment& environment);
};

/// Makes a key for a namespace that has none, in OpenWhisk's form: a UUID and a secret.
[[nodiscard]] Secret make_api_key();

}  // namespace adit::dev
