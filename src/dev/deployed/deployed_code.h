#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adit/error.h"

#include "dev/deployed/entity_store.h"
#include "system/private_folder.h"

namespace adit::dev {

/// A deployed action's code as files that can be run: a folder for this user alone that ends with this object. Made at
/// the first activation, as OpenWhisk looks at the code only then.
class UnpackedCode {
 public:
  /// Unpacks into `folder`, which it makes. Throws Error `invalid_zip`, `code_missing`.
  UnpackedCode(std::string folder, const DeployedAction& action, const EntityStore& store);
  ~UnpackedCode();
  UnpackedCode(const UnpackedCode&) = delete;
  UnpackedCode& operator=(const UnpackedCode&) = delete;

  [[nodiscard]] const std::string& folder() const { return folder_; }
  /// What runs: of Node.js code the file or folder; otherwise the program `exec`.
  [[nodiscard]] const std::string& entry() const { return entry_; }

 private:
  std::string folder_;
  std::string entry_;
};

/// Source text of an action for Node.js as a module: OpenWhisk evaluates such text, so that a function `main` is found
/// whether it is exported or not (apache/openwhisk-runtime-nodejs, core/nodejsActionBase/runner.js).
[[nodiscard]] std::string as_module(std::string_view code, std::string_view main);

}  // namespace adit::dev
