#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace adit::cli {

/// What `adit new` can begin a project with. The files are those of templates/NAME over those of templates/common.
struct ProjectTemplate {
  std::string_view name;
  /// One line for who chooses.
  std::string_view about;
  /// Its action.
  std::string_view action;
};

/// The first one is what a script gets that names none.
[[nodiscard]] const std::vector<ProjectTemplate>& project_templates();

struct TemplateFile {
  /// Below the project's folder.
  std::string path;
  std::string text;
};

/// The files of a project whose folder has this name; `.env` and `.env.example` among them.
[[nodiscard]] std::vector<TemplateFile> files_of(const ProjectTemplate& chosen, std::string_view folder_name);

/// What CMake, npm and OpenWhisk take as a name, made of one that a person gave: letters, digits and single dashes, in
/// lower case, beginning with a letter. `app` where nothing is left.
[[nodiscard]] std::string slug_of(std::string_view name);

}  // namespace adit::cli
