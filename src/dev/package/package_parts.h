#pragma once

#include <string_view>

namespace adit::dev {

/// A statically linked program, which becomes `exec` of a package. It starts bin/action with the loader in lib/
/// (packaging/launcher).
[[nodiscard]] std::string_view package_launcher();
/// `index.js` of a package for Node.js containers (packaging/nodejs).
[[nodiscard]] std::string_view package_nodejs_script();

}  // namespace adit::dev
