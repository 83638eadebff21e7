#include "cli/commands/check_fix.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <tuple>

#include <sys/stat.h>

#include "adit/error.h"

#include "app/yaml/source_file.h"
#include "base/system_reason.h"
#include "base/text/byte_order_mark.h"
#include "base/text/text.h"
#include "base/text/utf8.h"
#include "system/files/replace_file.h"
#include "system/files/resolve_for_writing.h"

namespace adit::cli {
namespace {

namespace fs = std::filesystem;
using app::SafeEdit;

std::string line_end_of(const std::string& text) { return text.find("\r\n") == std::string::npos ? "\n" : "\r\n"; }

std::vector<std::string> lines_with_ends(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size() - 1);
    lines.push_back(text.substr(begin, end + 1 - begin));
    begin = end + 1;
  }
  return lines;
}

std::string without_end(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  return std::string(line);
}

/// Returns the byte at which the character at `column` (counted from 1) begins.
std::size_t byte_at(std::string_view line, int column) {
  auto at = line.size() - without_byte_order_mark(line).size();
  for (int passed = 1; at < line.size(); ++at) {
    if (continues_utf8(line[at])) continue;
    if (passed++ == column) return at;
  }
  return at;
}

/// Applies the edits of one file from its last line to its first, so that line numbers stay valid.
class FileFixer {
 public:
  FileFixer(std::string path, std::vector<SafeEdit> edits) : edits_(std::move(edits)) {
    file_.path = std::move(path);
    const bool stays =
        std::ranges::all_of(edits_, [](const SafeEdit& edit) { return edit.kind == SafeEdit::Kind::owner_only; });
    std::error_code unknown;
    // Not if only the mode changes: the file is .env, with its secrets.
    if (!stays && fs::exists(file_.path, unknown)) file_.before = read_file(file_.path);
  }

  FixedFile run() {
    lines_ = lines_with_ends(file_.before);
    end_ = line_end_of(file_.before);
    std::stable_sort(edits_.begin(), edits_.end(), [](const SafeEdit& a, const SafeEdit& b) {
      return std::tie(a.line, a.column) > std::tie(b.line, b.column);
    });
    for (const auto& edit : edits_) apply(edit);
    for (const auto& line : lines_) file_.after += line;
    return std::move(file_);
  }

 private:
  void apply(const SafeEdit& edit) {
    const auto index = static_cast<std::size_t>(std::max(edit.line, 1)) - 1;
    switch (edit.kind) {
      case SafeEdit::Kind::none:
        return;
      case SafeEdit::Kind::owner_only:
        file_.owner_only = true;
        return;
      case SafeEdit::Kind::append_line:
        if (!lines_.empty() && !lines_.back().ends_with('\n')) lines_.back() += end_;
        lines_.push_back(edit.text + end_);
        return;
      case SafeEdit::Kind::insert_lines:
        return insert(edit, index);
      case SafeEdit::Kind::rename_key:
        return rename(edit, index);
    }
  }

  void insert(const SafeEdit& edit, std::size_t index) {
    if (index >= lines_.size()) return;
    auto added = lines_with_ends(edit.text);
    // Two new inputs for an action without inputs would insert the line `inputs:` twice.
    const bool has_header = added.size() > 1 && !headers_.insert(cat(edit.line, ':', added.front())).second;
    if (has_header) added.erase(added.begin());
    const auto at = index + (has_header ? 1 : 0);
    for (auto line = added.rbegin(); line != added.rend(); ++line)
      lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(at), without_end(*line) + end_);
  }

  void rename(const SafeEdit& edit, std::size_t index) {
    if (index >= lines_.size()) return;
    auto& line = lines_[index];
    auto at = byte_at(line, edit.column);
    if (at < line.size() && (line[at] == '"' || line[at] == '\'')) ++at;
    if (line.compare(at, edit.before.size(), edit.before) != 0) return;
    line.replace(at, edit.before.size(), edit.text);
  }

  std::vector<SafeEdit> edits_;
  FixedFile file_;
  std::vector<std::string> lines_;
  std::string end_;
  std::set<std::string> headers_;
};

Error cannot_fix(const std::string& path, std::string_view what) {
  return Error::failure("fix_failed", cat("Cannot ", what, " ", app::shown_path(path), ": ", system_reason(), "."))
      .hint("It was not changed; check the permissions and the free space of its folder.");
}

}  // namespace

std::vector<FixedFile> plan_fixes(const std::vector<app::Finding>& findings) {
  std::map<std::string, std::vector<SafeEdit>> edits;
  for (const auto& finding : findings) {
    if (finding.edit.kind == SafeEdit::Kind::none) continue;
    auto& of_file = edits[resolve_for_writing(finding.edit.file)];
    const bool same = std::any_of(of_file.begin(), of_file.end(), [&finding](const SafeEdit& known) {
      return known.kind == finding.edit.kind && known.line == finding.edit.line && known.text == finding.edit.text &&
             known.column == finding.edit.column;
    });
    if (!same) of_file.push_back(finding.edit);
  }
  std::vector<FixedFile> files;
  for (auto& [path, of_file] : edits) {
    auto fixed = FileFixer(path, of_file).run();
    if (fixed.after != fixed.before || fixed.owner_only) files.push_back(std::move(fixed));
  }
  return files;
}

void apply_fixes(const std::vector<FixedFile>& files) {
  std::vector<FileChange> changes;
  for (const auto& file : files) {
    if (file.after == file.before) continue;
    std::error_code unknown;
    const bool is_new = file.before.empty() && !fs::exists(file.path, unknown);
    constexpr unsigned kOpenFile = 0644;  // for .gitignore, which everyone may read
    changes.push_back({file.path, is_new ? std::nullopt : std::optional(file.before), file.after, kOpenFile});
  }
  replace_files(changes);
  for (const auto& file : files) {
    if (file.owner_only && chmod(file.path.c_str(), S_IRUSR | S_IWUSR) != 0)
      throw cannot_fix(file.path, "set the mode of");
  }
}

void undo_fixes(const std::vector<FixedFile>& files) {
  std::vector<FileChange> changes;
  for (const auto& file : files)
    if (file.after != file.before) changes.push_back({file.path, file.after, file.before});
  replace_files(changes);
}

}  // namespace adit::cli
