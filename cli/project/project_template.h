#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace adit::cli {

/// A template of `adit new`. Its files are those of templates/common, overridden by those of templates/NAME.
struct ProjectTemplate {
  std::string_view name;
  /// A description of one line.
  std::string_view about;
  /// The name of its action.
  std::string_view action;
};

/// The first one is the default.
[[nodiscard]] const std::vector<ProjectTemplate>& project_templates();

struct TemplateFile {
  /// Relative to the project's folder.
  std::string path;
  std::string text;
};

/// Returns the files of a project whose folder has this name, including `.env` and `.env.example`.
[[nodiscard]] std::vector<TemplateFile> files_of(const ProjectTemplate& chosen, std::string_view folder_name);

/// Converts a name to one that CMake, npm and OpenWhisk accept: letters, digits and single dashes, in lower case,
/// beginning with a letter. Returns `app` if nothing is left.
[[nodiscard]] std::string slug_of(std::string_view name);

}  // namespace adit::cli
