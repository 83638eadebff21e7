#pragma once

#include <string_view>

namespace adit::dev {

/// A static program: `exec` of a package, which starts bin/action beside it by lib/'s own loader
/// (packaging/launcher).
[[nodiscard]] std::string_view package_launcher();
/// `index.js` of a package for Node.js containers (packaging/nodejs).
[[nodiscard]] std::string_view package_nodejs_script();

}  // namespace adit::dev
