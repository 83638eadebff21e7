#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adit/base/environment.h"

#pragma GCC visibility push(default)

namespace adit::ims {

/// Which IMS: the base URL, without a slash at its end.
struct Ims {
  std::string url;

  static Ims prod();   // https://ims-na1.adobelogin.com
  static Ims stage();  // https://ims-na1-stg1.adobelogin.com
  /// `prod`, `stage` or an http(s) URL (a path is kept, for servers behind one). Throws Error `invalid_ims`
  /// (configuration). (`local` is for commands, which start the emulator.)
  static Ims parse(std::string_view text);
  /// ADIT_IMS; else stage where AIO_CLI_ENV=stage or __OW_NAMESPACE begins with `development-`; else prod. An empty
  /// variable counts as unset.
  static Ims from_environment(const Environment& environment);
  /// The variable that from_environment() obeys, or nullopt if none says anything.
  static std::optional<SettingOrigin> deciding_setting(const Environment& environment);
  /// The same, of the process environment.
  static Ims from_process();

  friend bool operator==(const Ims&, const Ims&) = default;
};

}  // namespace adit::ims

#pragma GCC visibility pop
