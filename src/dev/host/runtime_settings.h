#pragma once

#include <string>

#include "adit/environment.h"
#include "adit/secret.h"

namespace adit::dev {

/// Where an action runs as far as it is told: AIO_runtime_namespace, AIO_runtime_apihost, AIO_runtime_auth, in any
/// letter case, as Adobe's tools write them into `.env`.
struct RuntimeSettings {
  std::string name_space = "guest";
  std::string api_host = "https://adobeioruntime.net";
  /// The namespace's key, `USER:PASSWORD`; empty if it is not set.
  Secret api_key;
  /// `api_host` is this program's own server, with this certificate in a file; empty over plain HTTP.
  bool is_this_server = false;
  std::string certificate_file;

  /// Throws Error `untrusted_destination` (configuration) where a project's file names the host for a key of the user's
  /// own.
  static RuntimeSettings of(const Environment& environment);
};

/// A key for a namespace that has none, in OpenWhisk's form: a UUID and a secret.
[[nodiscard]] Secret make_api_key();

}  // namespace adit::dev
