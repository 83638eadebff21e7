#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "adit/error.h"
#include "cli/commands/check_fix.h"

#include "app/project/load_project.h"
#include "base/text/text.h"
#include "system/files/private_folder.h"

namespace adit::cli {
namespace {

namespace fs = std::filesystem;

/// Counts the errors of a configuration.
std::size_t count_errors(const app::Project& project) {
  const auto refused = std::count_if(project.warnings.begin(), project.warnings.end(), [](const app::Warning& warning) {
    return warning.kind == app::Warning::Kind::refused;
  });
  return project.errors.size() + static_cast<std::size_t>(refused);
}

/// A copy of the project's configuration files in a temporary folder, to try edits.
class Trial {
 public:
  explicit Trial(const app::Project& project) : project_(project), errors_(count_errors(project)) {}

  /// Returns true if the configuration has no more errors after these edits than before.
  [[nodiscard]] bool is_harmless(const std::vector<app::Finding>& findings) const {
    const auto fixed = plan_fixes(findings);
    auto files = project_.files;
    files.push_back((fs::path(project_.root) / "package.json").string());
    for (const auto& file : files) copy(file, fixed);
    try {
      return count_errors(app::load_project(folder_.path(), app::OnError::go_on)) <= errors_;
    } catch (const Error&) {
      return false;
    }
  }

 private:
  void copy(const std::string& file, const std::vector<FixedFile>& fixed) const {
    std::error_code unknown;
    if (!fs::exists(file, unknown)) return;
    const auto edited = std::find_if(fixed.begin(), fixed.end(), [&file](const FixedFile& one) {
      std::error_code ignored;
      return fs::equivalent(one.path, file, ignored);
    });
    const auto target = fs::path(folder_.path()) / fs::path(file).lexically_relative(project_.root);
    fs::create_directories(target.parent_path());
    std::ofstream(target, std::ios::binary) << (edited == fixed.end() ? read_file(file) : edited->after);
  }

  const app::Project& project_;
  std::size_t errors_;
  PrivateFolder folder_;
};

bool changes_configuration(const app::Finding& finding) {
  using Kind = app::SafeEdit::Kind;
  return finding.edit.kind == Kind::insert_lines || finding.edit.kind == Kind::rename_key;
}

}  // namespace

std::vector<app::Finding> drop_harmful_edits(const app::Project& project, std::vector<app::Finding>& findings) {
  std::vector<app::Finding> dropped;
  if (std::none_of(findings.begin(), findings.end(), changes_configuration)) return dropped;
  try {
    const Trial trial(project);
    if (trial.is_harmless(findings)) return dropped;
    for (auto& finding : findings) {
      if (!changes_configuration(finding) || trial.is_harmless({finding})) continue;
      dropped.push_back(finding);
      finding.edit = {};
    }
  } catch (const Error&) {
    // Without a temporary folder no change can be tried here. `check` then finds a harmful one after it has made it.
  }
  return dropped;
}

}  // namespace adit::cli
