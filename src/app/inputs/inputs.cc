#include "app/inputs/inputs.h"

#include <filesystem>

#include "app/inputs/variable_reference.h"
#include "app/project/secret_names.h"
#include "app/yaml/source_file.h"
#include "base/text/text.h"
#include "config/secret_destination.h"
#include "credentials/ims_contexts.h"
#include "credentials/key_setting.h"
#include "credentials/missing_settings.h"

namespace adit::app {
namespace {

namespace fs = std::filesystem;

class Mapper {
 public:
  Mapper(const Action& action, const Environment& environment, MappedInputs& mapped)
      : action_(action), environment_(environment), mapped_(mapped) {}

  void map() {
    for (const auto& [name, value] : action_.inputs) {
      input_ = name;
      json::value mapped = value;
      bool changed = false;
      if (member(mapped, input_, changed)) mapped_.params.insert_or_assign(name, std::move(mapped));
    }
  }

  /// Variables that are set to an empty value.
  [[nodiscard]] const std::vector<Unset>& empty() const { return empty_; }

 private:
  /// Does one step of adobe/aio-lib-runtime's `processInputs` for a member of a map or a list. Returns false if the
  /// member is undefined afterwards. Adobe's code processes a map or list as many times as it has members, so that the
  /// value of a variable may be processed again. This loop ends earlier if a round changes nothing.
  bool member(json::value& value, const std::string& path, bool& changed) {
    if (value.is_string()) {
      auto result = typed_text(value.get_string(), path);
      changed = changed || result != value;
      value = std::move(result);
      return true;
    }
    if (value.is_array()) {
      bool again = true;
      for (auto left = value.get_array().size(); left > 0 && again; --left) {
        again = items(value.get_array(), path);
        changed = changed || again;
      }
    }
    return !value.is_object() || map_member(value, path, changed);
  }

  /// A map with `value` or `default` becomes that value. One with both becomes undefined, because the second is looked
  /// up in the first.
  bool map_member(json::value& value, const std::string& path, bool& changed) {
    std::vector<std::string> names;
    for (const auto& [name, ignored] : value.get_object()) names.emplace_back(name);
    bool again = true;
    for (const auto& name : names) {
      if (name == "value" || name == "default") {
        const auto* found = value.is_object() ? value.get_object().if_contains(name) : nullptr;
        changed = true;
        if (found == nullptr) return false;
        auto meant = literal(*found, cat(path, "/", name));
        value = std::move(meant);
        again = true;
      } else if (again && (value.is_object() || value.is_array())) {
        again = value.is_object() ? members(value.get_object(), path) : items(value.get_array(), path);
        changed = changed || again;
      }
    }
    return true;
  }

  /// Returns true if anything changed.
  bool members(json::object& object, const std::string& path) {
    bool changed = false;
    std::vector<std::string> removed;
    for (auto& entry : object) {
      const std::string name = entry.key();
      if (!member(entry.value(), cat(path, "/", name), changed)) removed.push_back(name);
    }
    for (const auto& name : removed) object.erase(name);
    return changed;
  }

  bool items(json::array& list, const std::string& path) {
    bool changed = false;
    for (std::size_t index = 0; index < list.size(); ++index)
      if (!member(list[index], cat(path, "/", index), changed)) list[index] = nullptr;
    return changed;
  }

  /// As in Adobe's code, the type names (`string`, …) are not replaced here, and maps and lists stay as they are.
  json::value literal(const json::value& value, const std::string& path) {
    return value.is_string() ? json::value(replaced(value.get_string(), path)) : value;
  }

  json::value typed_text(std::string_view text, const std::string& path) {
    if (text == "string") return json::value("");
    if (text == "integer" || text == "number") return 0;
    return json::value(replaced(text, path));
  }

  /// Limits the size of the result: a short text may name a long value many times.
  void spend(std::size_t bytes, std::size_t copied = 0) {
    constexpr std::size_t kMaxBytes = 4U << 20U;
    constexpr std::size_t kMaxCopied = 512U << 20U;
    spent_ += bytes;
    copied_ += copied;
    if (spent_ <= kMaxBytes && copied_ <= kMaxCopied) return;
    throw Error::configuration("inputs_too_long", cat("The inputs of the action '", action_.full_name(),
                                                      "' become longer than ", kMaxBytes >> 20U, " MB."))
        .hint("They use a variable too often, or its value is too long. Adobe I/O Runtime accepts at most 1 MB.")
        .at(action_.where);
  }

  std::string replaced(std::string_view text, const std::string& path) {
    std::string result(text);
    for (auto reference = next_variable(text, 0); reference; reference = next_variable(text, reference->end)) {
      const auto* variable = environment_.find(reference->name);
      spend((variable != nullptr ? variable->value.size() : 0) + 1, result.size());
      note_secret(reference->name);
      if (variable == nullptr) note(mapped_.unset, *reference, path);
      if (variable != nullptr && variable->value.empty()) note(empty_, *reference, path);
      const auto written = text.substr(reference->begin, reference->end - reference->begin);
      result = replace_reference(result, written, variable != nullptr ? std::string_view(variable->value) : "");
    }
    return result;
  }

  void note_secret(std::string_view name) {
    const auto origin = names_a_secret(name) ? environment_.origin_of(name) : std::nullopt;
    if (origin) mapped_.secret = mapped_.secret ? more_trusted(*mapped_.secret, *origin) : *origin;
  }

  void note(std::vector<Unset>& list, const VariableReference& reference, const std::string& path) {
    spend(reference.name.size() + input_.size());
    const auto position = action_.input_positions.find(path);
    list.push_back({std::string(reference.name), input_,
                    position == action_.input_positions.end() ? action_.where : position->second,
                    reference.is_well_formed});
  }

  const Action& action_;
  const Environment& environment_;
  MappedInputs& mapped_;
  std::vector<Unset> empty_;
  std::string input_;
  std::size_t spent_ = 0;
  std::size_t copied_ = 0;
};

/// Returns a JSON array as an array, anything else as a string.
json::value scopes_of(const std::string& text) {
  auto parsed = try_parse_json(text);
  if (parsed && (parsed->is_array() || parsed->is_string())) return std::move(*parsed);
  return json::value(text);
}

/// Returns true if the whole text is one reference to a variable that the user, not the project, has set.
bool is_users_variable(const json::value& input, const Environment& environment) {
  if (!input.is_string()) return false;
  const std::string_view text = input.get_string();
  const auto reference = next_variable(text, 0);
  if (!reference || reference->begin != 0 || reference->end != text.size()) return false;
  const auto* variable = environment.find(reference->name);
  return variable != nullptr && variable->source != SettingSource::project;
}

/// Refuses a key file outside the project: an action reads its key with Credentials::from_params, and so the text may
/// name a file.
void refuse_foreign_key(const Action& action, const Environment& environment, const json::object& params) {
  constexpr const char* kName = "JWT_PRIVATE_KEY";
  const auto* key = params.if_contains(kName);
  const auto* input = action.inputs.if_contains(kName);
  if (key == nullptr || !key->is_string() || input == nullptr || is_users_variable(*input, environment)) return;
  const auto root = environment.project_root().empty() ? std::string(".") : environment.project_root();
  try {
    refuse_key_file_outside(Secret(key->get_string()), root, root, kName);
  } catch (const Error& error) {
    const auto position = action.input_positions.find(kName);
    throw Error(error).at(position == action.input_positions.end() ? action.where : position->second);
  }
}

/// https://github.com/adobe/aio-lib-runtime, `getIncludeIMSCredentialsAnnotationInputs`.
void add_ims_credentials(const Action& action, const Environment& environment, MappedInputs& mapped) {
  // Adobe's tools read only IMS_OAUTH_S2S_*; `adit check` says what to add if there is only a context.
  if (const auto with_context = with_ims_context(environment))
    return add_ims_credentials(action, *with_context, mapped);
  const auto value = [&environment](std::string_view part) {
    return environment.get_or(cat("IMS_OAUTH_S2S_", part), "");
  };
  std::vector<std::string> absent;
  std::vector<std::string> empty;
  for (const auto* part : {"CLIENT_ID", "CLIENT_SECRET", "ORG_ID", "SCOPES"}) {
    const auto name = cat("IMS_OAUTH_S2S_", part);
    if (trim(value(part)).empty()) (environment.find(name) == nullptr ? absent : empty).push_back(name);
  }
  if (!absent.empty() || !empty.empty())
    throw Error::configuration(
        "missing_params", cat("The action '", action.full_name(), "' needs IMS credentials (include-ims-credentials). ",
                              list_missing(absent, empty)))
        .hint("Set them in .env or the environment, or remove the annotation `include-ims-credentials`.")
        .at(action.where);
  json::object credentials;
  credentials["client_id"] = value("CLIENT_ID");
  credentials["client_secret"] = value("CLIENT_SECRET");
  credentials["org_id"] = value("ORG_ID");
  credentials["scopes"] = scopes_of(value("SCOPES"));
  mapped.params["__ims_oauth_s2s"] = std::move(credentials);
  const auto* variable = environment.find_ignoring_case("AIO_CLI_ENV");
  const bool stage = variable != nullptr && variable->value == "stage";
  const auto secret = environment.origin_of("IMS_OAUTH_S2S_CLIENT_SECRET");
  if (stage && secret)
    refuse_untrusted_destination(*secret, {"AIO_CLI_ENV", variable->source, variable->origin},
                                 "set AIO_CLI_ENV in the environment");
  mapped.params["__ims_env"] = stage ? "stage" : "prod";
  if (secret) mapped.secret = mapped.secret ? more_trusted(*mapped.secret, *secret) : *secret;
}

}  // namespace

std::vector<std::string> variables_in(std::string_view text) {
  std::vector<std::string> names;
  std::size_t done = 0;
  while (const auto reference = next_variable(text, done)) {
    names.emplace_back(reference->name);
    done = reference->end;
  }
  return names;
}

MappedInputs map_inputs(const Action& action, const Environment& environment) {
  MappedInputs mapped;
  Mapper(action, environment, mapped).map();
  if (action.has_annotation("include-ims-credentials")) add_ims_credentials(action, environment, mapped);
  refuse_foreign_key(action, environment, mapped.params);
  return mapped;
}

MappedInputs map_inputs(const json::object& inputs, const std::map<std::string, SourcePosition, std::less<>>& positions,
                        const SourcePosition& owner, const Environment& environment) {
  Action holder;
  holder.inputs = inputs;
  holder.input_positions = positions;
  holder.where = owner;
  MappedInputs mapped;
  Mapper(holder, environment, mapped).map();
  return mapped;
}

std::vector<Unset> empty_variables(const Action& action, const Environment& environment) {
  MappedInputs mapped;
  Mapper mapper(action, environment, mapped);
  mapper.map();
  return mapper.empty();
}

ProjectEnvironment environment_for(const std::string& root, const std::optional<std::string>& env_file,
                                   Environment process) {
  ProjectEnvironment result{std::move(process), {}, false};
  result.environment.set_project_root(root);
  result.env_file = shown_path(env_file ? fs::absolute(*env_file).lexically_normal().string()
                                        : (fs::path(root) / ".env").lexically_normal().string());
  std::error_code unknown;
  if (!env_file && !fs::exists(result.env_file, unknown)) return result;
  if (env_file && !fs::exists(*env_file, unknown))
    throw Error::configuration("file_unreadable", cat("The file ", result.env_file, " does not exist."))
        .hint("Correct --env-file. Without it, adit reads .env in the project's root, if that file exists.");
  result.environment.add_file(EnvFile::read(result.env_file));
  result.env_file_found = true;
  return result;
}

std::string remedy_of(const Unset& unset, const Environment& environment, std::string_view env_file) {
  if (!unset.is_well_formed) return "write $NAME or ${NAME}, with both braces";
  const auto upper = to_upper(unset.name);
  if (upper == unset.name) return cat("add to ", env_file, ": ", upper, "=…");
  if (environment.find(upper) != nullptr)
    return cat("write $", upper, ": Adobe's tools read the names in .env in upper case");
  return cat("write $", upper, ", for names in .env are read in upper case, and add to ", env_file, ": ", upper, "=…");
}

}  // namespace adit::app
