#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adit/error.h"

#include "dev/deployed/entity_store.h"
#include "system/files/private_folder.h"

namespace adit::dev {

/// The code of a deployed action as files that can be run, in a folder that only this user can enter. The destructor
/// deletes the folder. Constructed at the first activation, because OpenWhisk, too, reads the code only then.
class UnpackedCode {
 public:
  /// Creates `folder` and unpacks the code into it. Throws Error `invalid_zip`, `code_missing`, `no_folder`.
  UnpackedCode(std::string folder, const DeployedAction& action, const EntityStore& store);
  ~UnpackedCode();
  UnpackedCode(const UnpackedCode&) = delete;
  UnpackedCode& operator=(const UnpackedCode&) = delete;

  [[nodiscard]] const std::string& folder() const { return folder_; }
  /// The path to run: for Node.js, the file or folder; otherwise the program `exec`.
  [[nodiscard]] const std::string& entry() const { return entry_; }

 private:
  std::string folder_;
  std::string entry_;
};

/// Returns the source text of a Node.js action as a module that exports its function `main`, even if the text does not
/// export it: OpenWhisk evaluates such text, and finds the function in any case (apache/openwhisk-runtime-nodejs,
/// core/nodejsActionBase/runner.js).
[[nodiscard]] std::string as_module(std::string_view code, std::string_view main);

}  // namespace adit::dev
