#include "adit/environment.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include <unistd.h>

#include "base/text/byte_order_mark.h"
#include "base/text/text.h"
#include "config/dotenv.h"
#include "config/user_defaults.h"

namespace adit {
namespace {

Environment::Variable in_process(std::string value) {
  return {std::move(value), {"the environment", 0, 0}, SettingSource::environment};
}

}  // namespace

EnvFile EnvFile::read(const std::string& path) {
  const WipedString text = read_file(path);
  if (is_utf16(text)) {
    throw Error::configuration("file_unreadable", cat("Cannot read ", path, ": it is UTF-16, not UTF-8."))
        .hint("Save it as UTF-8; PowerShell's `>` writes UTF-16, `Out-File -Encoding utf8` does not.");
  }
  return parse(text, path);
}

EnvFile EnvFile::parse(std::string_view text, std::string path) {
  EnvFile file{std::move(path), {}};
  for (auto& entry : parse_with_wrapped_keys(text))
    file.entries.push_back({std::move(entry.key), std::move(entry.value), entry.line});
  return file;
}

std::map<std::string, const EnvFile::Entry*, std::less<>> EnvFile::variables() const {
  std::map<std::string, const Entry*, std::less<>> found;
  std::vector<std::string_view> in_order;
  for (const auto& entry : entries)
    if (found.insert_or_assign(entry.key, &entry).second) in_order.push_back(entry.key);
  for (const auto name : in_order) {
    auto upper = to_upper(name);
    if (found.contains(upper)) continue;
    auto renamed = found.extract(found.find(name));
    renamed.key() = std::move(upper);
    found.insert(std::move(renamed));
  }
  return found;
}

Environment Environment::process() {
  Environment result;
  for (char** variable = ::environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    // Of two variables with one name, getenv() uses the first.
    result.process_.try_emplace(std::string(text.substr(0, equals)), in_process(std::string(text.substr(equals + 1))));
  }
  for (const EnvFile::Entry& entry : user_defaults().entries)
    result.user_file_.insert_or_assign(
        entry.key, Variable{entry.value, {user_defaults().path, entry.line, 0}, SettingSource::user_file});
  return result;
}

Environment& Environment::add_file(const EnvFile& file) {
  std::map<std::string, Variable, std::less<>> variables;
  for (const auto& [name, entry] : file.variables())
    variables.emplace(name, Variable{entry->value, {file.path, entry->line, 0}, SettingSource::project});
  // Earlier files have precedence, as in dotenv's list of paths.
  file_.merge(variables);
  if (file_path_.empty()) file_path_ = file.path;
  return *this;
}

Environment& Environment::set_project_root(std::string folder) {
  project_root_ = std::move(folder);
  return *this;
}

Environment& Environment::set_override(std::string name, std::string value) {
  return set_override(std::move(name), {std::move(value), {"the command line", 0, 0}, SettingSource::command_line});
}

Environment& Environment::set_override(std::string name, Variable variable) {
  overrides_.insert_or_assign(std::move(name), std::move(variable));
  return *this;
}

Environment& Environment::set(std::string name, std::string value) {
  process_.insert_or_assign(std::move(name), in_process(std::move(value)));
  return *this;
}

const Environment::Variable* Environment::find(std::string_view name) const {
  // A variable that is set to an empty value counts as set, as in dotenv.
  for (const auto* source : {&overrides_, &process_, &file_, &user_file_}) {
    if (const auto found = source->find(name); found != source->end()) return &found->second;
  }
  return nullptr;
}

std::optional<std::string> Environment::get(std::string_view name) const {
  const Variable* variable = find(name);
  if (variable == nullptr) return std::nullopt;
  return variable->value;
}

std::string Environment::get_or(std::string_view name, std::string_view fallback) const {
  const Variable* variable = find(name);
  return variable == nullptr ? std::string(fallback) : std::string(variable->value);
}

std::optional<SettingOrigin> Environment::origin_of(std::string_view name) const {
  const Variable* variable = find(name);
  if (variable == nullptr || trim(variable->value).empty()) return std::nullopt;
  return SettingOrigin{std::string(name), variable->source, variable->origin};
}

std::optional<std::chrono::milliseconds> Environment::seconds(std::string_view name) const {
  const Variable* variable = find(name);
  if (variable == nullptr) return std::nullopt;
  const auto text = trim(variable->value);
  if (text.empty()) return std::nullopt;
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr double kLongest = 24 * 3600;
  if (error != std::errc() || end != text.data() + text.size() || !(seconds >= 0.001 && seconds <= kLongest)) {
    throw Error::configuration("invalid_setting",
                               cat(name, " is ", described(text), ", which is not a number of seconds."))
        .hint("Write seconds between 0.001 and 86400, for example 2.5.")
        .at(variable->origin);
  }
  return std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(seconds * 1000));
}

const Environment::Variable* Environment::find_ignoring_case(std::string_view name) const {
  for (const auto* source : {&overrides_, &process_, &file_, &user_file_}) {
    if (const auto exact = source->find(name); exact != source->end()) return &exact->second;
    const auto found = std::find_if(source->begin(), source->end(), [name](const auto& variable) {
      return equals_ignoring_case(variable.first, name);
    });
    if (found != source->end()) return &found->second;
  }
  return nullptr;
}

std::vector<std::string> Environment::names(std::string_view beginning) const {
  std::set<std::string> names;
  for (const auto* source : {&overrides_, &process_, &file_, &user_file_}) {
    for (const auto& [name, variable] : *source)
      if (equals_ignoring_case(std::string_view(name).substr(0, beginning.size()), beginning)) names.insert(name);
  }
  return {names.begin(), names.end()};
}

}  // namespace adit
