#include "credentials/key_setting.h"

#include <filesystem>

#include "adit/error.h"

#include "base/text/text.h"
#include "credentials/key_text.h"
#include "credentials/known_keys.h"
#include "system/files/inside.h"

namespace adit {
namespace {

/// Returns the folder that a relative path in the variable starts from.
std::string folder_of(const Environment::Variable& variable) {
  if (variable.origin.line == 0) return ".";
  const auto folder = std::filesystem::path(variable.origin.file).parent_path();
  return folder.empty() ? "." : folder.string();
}

}  // namespace

void refuse_key_file_outside(const Secret& text, const std::string& folder, const std::string& root,
                             const std::string& name) {
  const auto bare = without_wrapping(text.reveal());
  const auto file = key_file_named_by(bare.reveal(), folder);
  if (!file || is_inside(*file, folder) || (!root.empty() && is_inside(*file, root))) return;
  throw Error::configuration("outside_project", cat(name, " names a file outside of the project."))
      .hint(cat("A file of the project must not name a key outside of the project. If it is the right key, set ", name,
                " to its path in the environment."));
}

PrivateKey read_key_setting(const Environment& environment, const std::string& name) {
  const auto& variable = *environment.find(name);
  const Secret text(variable.value);
  const auto folder = folder_of(variable);
  try {
    if (variable.source == SettingSource::project)
      refuse_key_file_outside(text, folder, environment.project_root(), name);
    // The passphrase is not trimmed, because it may begin or end with a space.
    return known_private_key(text, Secret(environment.get_or(name + "_PASSPHRASE", "")), name, folder);
  } catch (const Error& error) {
    if (error.where()) throw;
    throw Error(error).at(variable.origin);
  }
}

}  // namespace adit
