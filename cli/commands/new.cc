#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "adit/error.h"
#include "adit/json.h"
#include "cli/command_line/command.h"
#include "cli/project/project_template.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/terminal.h"

#include "base/text/shell_word.h"
#include "base/text/text.h"
#include "base/text/visible_text.h"
#include "system/files/replace_file.h"
#include "system/files/resolve_for_writing.h"

namespace adit::cli {
namespace {

namespace fs = std::filesystem;

struct NewRequest {
  std::string folder;
  std::string chosen;
  bool json = false;
};

Error bad_name(const std::string& folder, std::string_view why, std::string hint) {
  return Error::configuration("invalid_name",
                              cat("'", folder, "' cannot be the name of a project's folder: ", why, "."))
      .hint(std::move(hint));
}

/// Returns the absolute path, without a slash at its end.
fs::path absolute_folder(const std::string& folder) {
  if (trim(folder).empty()) throw bad_name(folder, "it is empty", "Name the folder to make: adit new my-project");
  constexpr std::size_t kLongest = 200;  // of the 255 bytes of a file name; the rest is for suffixes of tools
  if (fs::path(folder).filename().string().size() > kLongest)
    throw bad_name(folder.substr(0, 20) + "…", "it is longer than 200 bytes", "Choose a shorter name.");
  for (const char c : folder) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      throw bad_name(visible(folder, Controls::escape_all), "it has a control character",
                     "Use letters, digits, spaces and hyphens.");
    if (std::string_view(";\"\\$#").find(c) != std::string_view::npos)
      throw bad_name(folder, cat("CMake cannot build in a folder with ", c, " in its path"),
                     "Use letters, digits, spaces and hyphens.");
  }
  auto place = fs::path(resolve_for_writing(folder));
  return place.has_filename() ? place : place.parent_path();
}

/// Accepts an empty folder, and a git repository without files.
void refuse_existing_files(const fs::path& place, const std::string& folder) {
  std::error_code error;
  if (!fs::exists(fs::symlink_status(place, error))) return;
  if (!fs::is_directory(place, error))
    throw Error::configuration("folder_not_empty", cat(folder, " is a file."))
        .hint("Name a folder that does not exist yet.");
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(place, error)) {
    if (entry.path().filename() != ".git") names.push_back(entry.path().filename().string());
  }
  if (error)
    throw Error::configuration("file_unreadable",
                               cat("The folder ", folder, " cannot be read: ", error.message(), "."));
  if (names.empty()) return;
  std::sort(names.begin(), names.end());
  constexpr std::size_t kShown = 3;
  const bool more = names.size() > kShown;
  names.resize(std::min(names.size(), kShown));
  throw Error::configuration("folder_not_empty", cat("The folder ", folder, " is not empty: it has ", join(names, ", "),
                                                     more ? ", …" : "", "."))
      .hint("Nothing was written. Name an empty folder, or one that does not exist yet.");
}

const ProjectTemplate& template_named(std::string_view name) {
  const auto& all = project_templates();
  const auto found = std::find_if(all.begin(), all.end(), [name](const auto& known) { return known.name == name; });
  return found == all.end() ? all.front() : *found;
}

const ProjectTemplate& choose(const NewRequest& request) {
  const auto& all = project_templates();
  if (!request.chosen.empty() || common_options().yes || !can_ask()) return template_named(request.chosen);
  std::vector<std::pair<std::string, std::string>> choices;
  choices.reserve(all.size());
  for (const auto& one : all) choices.emplace_back(one.name, one.about);
  return all.at(ask_which("Which template?", choices));
}

/// Makes folders one by one, and removes them again unless they are kept, so that a second attempt starts clean.
class NewFolders {
 public:
  NewFolders() = default;
  NewFolders(const NewFolders&) = delete;
  NewFolders& operator=(const NewFolders&) = delete;
  ~NewFolders() {
    std::error_code ignored;
    for (auto folder = made_.rbegin(); folder != made_.rend(); ++folder) fs::remove(*folder, ignored);
  }

  void make(const fs::path& folder) {
    std::error_code error;
    if (folder.has_relative_path() && !fs::exists(folder.parent_path(), error)) make(folder.parent_path());
    if (fs::create_directory(folder, error)) made_.push_back(folder);
    if (error)
      throw Error::failure("file_unwritable",
                           cat("The folder ", folder.string(), " cannot be made: ", error.message(), "."))
          .hint("Name a folder inside one that you may write to.");
  }
  void keep() { made_.clear(); }

 private:
  std::vector<fs::path> made_;
};

void write_project(const fs::path& place, const std::vector<TemplateFile>& files) {
  NewFolders folders;
  std::vector<FileChange> changes;
  for (const auto& file : files) {
    const auto path = place / file.path;
    folders.make(path.parent_path());
    changes.push_back({.path = path.string(),
                       .before = std::nullopt,
                       .after = file.text,
                       .new_mode = file.path == ".env" ? 0600U : 0644U});
  }
  replace_files(changes);
  folders.keep();
}

void make_project(const NewRequest& request) {
  const auto place = absolute_folder(request.folder);
  refuse_existing_files(place, request.folder);
  const auto& chosen = choose(request);
  const auto files = files_of(chosen, place.filename().string());
  write_project(place, files);
  if (request.json) {
    json::array names;
    for (const auto& file : files) names.emplace_back(file.path);
    std::cout << shown_json(json::object{{"folder", place.string()},
                                         {"template", chosen.name},
                                         {"package", slug_of(place.filename().string())},
                                         {"action", chosen.action},
                                         {"files", std::move(names)}})
              << '\n';
    return;
  }
  for (const auto& file : files)
    std::cout << "made  " << styled(Stream::out, Style::plain, (fs::path(request.folder) / file.path).string()) << '\n';
  std::error_code error;
  const bool here = fs::equivalent(place, fs::current_path(error), error);
  note(cat("next: ", here ? "" : cat("cd ", shell_file(request.folder), " && "), "adit dev  (README.md has the rest)"));
}

}  // namespace

void add_new(Command program) {
  auto command =
      program.add_command("new", "Create a project that works immediately: an action in C++, its tests and a CI file");
  const auto request = std::make_shared<NewRequest>();
  command.add_option("DIR", request->folder, "The folder to create; it may exist if it is empty").required();
  std::vector<std::string> names;
  for (const auto& one : project_templates()) names.emplace_back(one.name);
  command
      .add_option(
          "--template", request->chosen,
          "generic calls an Adobe API, analytics fetches a report, webhook receives Adobe I/O Events. Without this option adit asks on a terminal, and otherwise uses generic")
      .one_of(names);
  command.add_flag("--json", request->json, "Print what was made as JSON");
  command.run([request] { make_project(*request); });
}

}  // namespace adit::cli
