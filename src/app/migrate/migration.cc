#include "app/migrate/migration.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "adit/credentials.h"
#include "adit/json.h"

#include "app/migrate/migration_manifest.h"
#include "app/project/load_project.h"
#include "app/yaml/source_file.h"
#include "base/aem_environment.h"
#include "base/text/text.h"
#include "config/dotenv_edit.h"
#include "system/files/inside.h"

namespace adit::app {
namespace {

namespace fs = std::filesystem;

struct KnownScopes {
  std::string_view metascope;
  std::string_view scopes;
};

/// Sources: https://experienceleague.adobe.com/en/docs/asset-compute/using/api ("The breakdown of individual scopes")
/// for the first three; https://developer.adobe.com/developer-console/docs/guides/authentication/OAuth/Scopes/ for
/// Analytics. Only the Developer Console shows the scopes of other products.
constexpr std::array<KnownScopes, 4> kScopes = {
    {{"event_receiver_api", "event_receiver,event_receiver_api"},
     {"ent_adobeio_sdk", "adobeio_api,additional_info.roles,additional_info.projectedProductContext"},
     {"asset_compute_meta", "asset_compute,read_organizations"},
     {"ent_analytics_bulk_ingest_sdk",
      "read_organizations,additional_info.projectedProductContext,additional_info.job_function"}}};

std::string bare(const std::string& metascope) { return metascope.substr(metascope.rfind('/') + 1); }

std::string scopes_from(const std::string& metascopes, std::vector<std::string>& remaining) {
  std::vector<std::string> scopes = {"openid", "AdobeID"};
  std::vector<std::string> unknown;
  for (const auto& metascope : parse_scopes(metascopes)) {
    const auto known = oauth_scopes_for(metascope);
    if (!known) unknown.push_back(bare(metascope));
    for (const auto& scope : known.value_or(std::vector<std::string>())) {
      if (std::find(scopes.begin(), scopes.end(), scope) == scopes.end()) scopes.push_back(scope);
    }
  }
  if (!unknown.empty()) {
    remaining.push_back(cat(
        "Add to IMS_OAUTH_S2S_SCOPES the scopes that replace ", join(unknown, ", "),
        ": Adobe documents none for these, and the Developer Console shows them on the OAuth Server-to-Server credential's page."));
  }
  json::array list;
  for (const auto& scope : scopes) list.emplace_back(scope);
  return to_json(list);
}

bool has_jwt(const DotenvText& env) {
  const auto keys = env.keys();
  return std::any_of(keys.begin(), keys.end(), [](const std::string& key) {
    return std::any_of(kRenamedSettings.begin(), kRenamedSettings.end(),
                       [&](const auto& r) { return r.first == key; }) ||
           std::find(kDroppedSettings.begin(), kDroppedSettings.end(), key) != kDroppedSettings.end();
  });
}

std::string backup_name(const std::string& env_file) {
  std::error_code error;
  auto name = env_file + ".jwt-backup";
  for (int i = 2; fs::exists(fs::symlink_status(name, error)); ++i) name = cat(env_file, ".jwt-backup", i);
  return name;
}

void migrate_env(const std::string& env_file, bool both, Migration& plan) {
  const auto before = read_file_if_there(env_file);
  auto env = DotenvText::read(env_file);
  if (!has_jwt(env)) return;
  for (const auto& [from, to] : kRenamedSettings) {
    const auto old = env.get(from);
    const auto now = env.get(to);
    if (now && !now->empty()) {
      if (from == "JWT_CLIENT_ID" && old && *old != *now)
        plan.remaining.push_back(cat(to, " and ", from, " differ; the former stays. Check that it is the right one."));
      continue;
    }
    if (old && !old->empty()) {
      const auto value = from == "JWT_METASCOPES" ? scopes_from(*old, plan.remaining) : *old;
      if (!both) env.rename(from, to);
      env.set_before(from, to, value);
    } else {
      plan.remaining.push_back(
          cat("Set ", to, " in ", shown_path(env_file), ": there was no ", from, " to take it from."));
    }
  }
  if (!both) {
    for (const auto& [from, to] : kRenamedSettings) env.remove(from);
    for (const auto name : kDroppedSettings) env.remove(name);
    plan.backup = backup_name(env_file);
    plan.changes.push_back({.path = plan.backup, .before = std::nullopt, .after = *before});
  }
  if (env.changed()) plan.changes.push_back({.path = env_file, .before = before, .after = env.text()});
}

bool is_source(const fs::path& path) {
  static const std::set<std::string> kEndings = {".js",  ".mjs", ".cjs", ".ts",  ".mts", ".cts", ".jsx",
                                                 ".tsx", ".cc",  ".cpp", ".cxx", ".h",   ".hpp"};
  return kEndings.count(path.extension().string()) != 0 || path.filename() == "package.json";
}

/// Returns the packages and settings of JWT credentials that a line names, in order and without duplicates.
std::vector<std::string> jwt_names_in(std::string_view line) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  std::vector<std::string> words;
  const auto add = [&words](std::string_view word) {
    if (std::find(words.begin(), words.end(), word) == words.end()) words.emplace_back(word);
  };
  for (const std::string_view package : {"@adobe/jwt-auth", "@adobe/aio-lib-ims-jwt"})
    if (line.find(package) != std::string_view::npos) add(package);
  for (auto at = line.find("JWT_"); at != std::string_view::npos; at = line.find("JWT_", at + 1)) {
    constexpr std::size_t kLongestName = 64;
    const auto rest = line.substr(at, kLongestName);
    const auto name = rest.substr(0, rest.find_first_not_of(kLetters));
    const bool renamed = std::any_of(kRenamedSettings.begin(), kRenamedSettings.end(),
                                     [&](const auto& setting) { return setting.first == name; });
    if (renamed || std::find(kDroppedSettings.begin(), kDroppedSettings.end(), name) != kDroppedSettings.end())
      add(name);
  }
  return words;
}

void find_uses(const fs::path& file, std::vector<SourceUse>& uses) {
  const auto text = read_file(file.string());
  int number = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    ++number;
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const auto what = join(jwt_names_in(line), ", ");
    if (!what.empty()) uses.push_back({{shown_path(file.string()), number, 0}, what});
  }
}

std::vector<SourceUse> find_sources(const std::string& root) {
  static const std::set<std::string> kPassedOver = {"node_modules", ".git", "dist", "build", ".adit"};
  constexpr std::uintmax_t kMaxBytes = 1U << 20U;
  constexpr int kMaxFiles = 10'000;
  std::vector<fs::path> files;
  std::error_code error;
  fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, error);
  for (; at != fs::recursive_directory_iterator() && files.size() < kMaxFiles; at.increment(error)) {
    if (error) break;
    if (at->is_directory(error) && kPassedOver.count(at->path().filename().string()) != 0) {
      at.disable_recursion_pending();
    } else if (at->is_regular_file(error) && is_source(at->path()) && is_inside(at->path(), root) &&
               at->file_size(error) <= kMaxBytes) {
      files.push_back(at->path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<SourceUse> uses;
  for (const auto& file : files) find_uses(file, uses);
  return uses;
}

}  // namespace

std::optional<std::vector<std::string>> oauth_scopes_for(const std::string& metascope) {
  const auto name = bare(metascope);
  const auto* known = std::find_if(kScopes.begin(), kScopes.end(), [&](const auto& k) { return k.metascope == name; });
  if (known == kScopes.end()) return std::nullopt;
  return split_list(known->scopes);
}

Migration plan_migration(const std::string& root, const std::string& env_file, bool both) {
  Migration plan;
  const auto client_id = DotenvText::read(env_file).get("JWT_CLIENT_ID").value_or("");
  if (aem_environment_of_client(trim(client_id))) {
    plan.nothing_because = cat(
        "JWT_CLIENT_ID in ", shown_path(env_file),
        " is of AEM as a Cloud Service. Adobe has not retired its JWT credentials, and none is converted to OAuth server-to-server: such a credential would be another one, made in the Developer Console.");
    return plan;
  }
  migrate_env(env_file, both, plan);
  for (const auto& path : load_project(root).files) {
    if (!path.ends_with(".yaml") && !path.ends_with(".yml")) continue;
    const auto text = read_file(path);
    auto changed = migrate_manifest(text, path, both, plan.remaining);
    if (changed != text) plan.changes.push_back({.path = path, .before = text, .after = std::move(changed)});
  }
  plan.sources = find_sources(root);
  if (!plan.changes.empty()) {
    plan.remaining.emplace_back(
        "In the Developer Console, open the project's Service Account (JWT) credential and add the OAuth Server-to-Server credential that it offers, unless Adobe has converted it already: client id, technical account and product profiles stay.");
    plan.remaining.emplace_back(
        "Compare IMS_OAUTH_S2S_SCOPES with the scopes on that credential's page, then try: adit token --grant oauth");
    if (!both)
      plan.remaining.emplace_back(
          "When everything works, delete the old credential there, and the backup of .env here.");
  }
  return plan;
}

}  // namespace adit::app
