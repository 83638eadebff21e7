#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "adit/base64.h"
#include "adit/credentials.h"
#include "adit/error.h"
#include "adit/json.h"
#include "adit/signing_key.h"
#include "cli/command_line/command.h"
#include "cli/import/import_destination.h"
#include "cli/import/import_document.h"
#include "cli/import/import_zip.h"
#include "cli/terminal/input_text.h"
#include "cli/terminal/terminal.h"

#include "app/project/project_root.h"
#include "app/yaml/source_file.h"
#include "base/text/shell_word.h"
#include "base/text/text.h"
#include "config/dotenv_edit.h"
#include "config/secret_destination.h"
#include "credentials/console_file.h"
#include "system/files/replace_file.h"

namespace adit::cli {
namespace {

namespace fs = std::filesystem;

struct ImportRequest {
  std::string file;
  std::string project;
  std::optional<std::string> env_file;
  std::optional<std::string> credential;
  bool replace = false;
  bool keep = false;
  bool dry_run = false;
  bool json = false;
};

/// Reads the key and the certificate in a zip; if it contains both, they must belong together.
ConsoleFile settings_of_zip(std::string_view bytes, const ImportRequest& request) {
  ConsoleFile result;
  std::optional<PrivateKey> key;
  std::optional<jwt::Certificate> certificate;
  for (const auto& member : read_zip(bytes, request.file)) {
    const auto text = member.text.reveal();
    const auto shown = cat(request.file, "'s ", member.name);
    if (member.name.ends_with(".json")) {
      auto found = read_console_file(read_import_document(text, shown), shown, request.credential);
      for (auto& setting : found.settings) result.settings.push_back(std::move(setting));
      for (auto& note : found.notes) result.notes.push_back(std::move(note));
      for (auto& setting : found.missing) result.missing.push_back(std::move(setting));
    } else if (text.find("PRIVATE KEY-----") != std::string_view::npos) {
      if (key) {
        throw Error::configuration("ambiguous_credential", cat(request.file, " contains two private keys."))
            .hint("Unpack it and run adit key encode with the right one.");
      }
      key = read_private_key(member.text, {}, shown);
    } else if (text.find("BEGIN CERTIFICATE-----") != std::string_view::npos) {
      certificate = jwt::Certificate::read(text);
    }
  }
  if (key && certificate && !(certificate->public_key() == key->key.public_key())) {
    throw Error::configuration("key_mismatch", cat(request.file, "'s key and certificate do not belong together."))
        .hint("Download it again.");
  }
  if (key) {
    const auto is_key = [](const auto& setting) { return setting.name == "JWT_PRIVATE_KEY"; };
    std::erase_if(result.settings, is_key);
    std::erase_if(result.missing, is_key);
    result.settings.push_back({"JWT_PRIVATE_KEY", Secret(base64_encode(key->key.to_pem().reveal()))});
    if (certificate) {
      result.notes.push_back(cat("the certificate's SHA-1 fingerprint is ", certificate->sha1_fingerprint(),
                                 ", and it is valid until ", to_rfc3339(certificate->not_after())));
    }
  }
  if (result.settings.empty()) {
    throw Error::configuration("unknown_console_file", cat(request.file, " contains no private key and no credential."))
        .hint("Give the config.zip that the Developer Console made.");
  }
  return result;
}

ConsoleFile settings_of(const ImportRequest& request) {
  auto text = read_file(request.file);
  const auto bytes = Secret::taken_from(text);
  if (bytes.reveal().starts_with("PK")) return settings_of_zip(bytes.reveal(), request);
  const auto shown = fs::path(request.file).filename().string();
  return read_console_file(read_import_document(bytes.reveal(), shown), shown, request.credential);
}

std::string env_file_of(const ImportRequest& request) {
  if (request.env_file) return *request.env_file;
  try {
    return (fs::path(app::find_project_root(request.project)) / ".env").string();
  } catch (const Error& error) {
    if (error.code() != "no_project") throw;
    return (fs::path(request.project) / ".env").string();
  }
}

/// Returns whether a setting with another value gets the new one; nothing if neither an option nor the user has
/// decided.
std::optional<bool> replaces(const ImportRequest& request, const std::string& name) {
  if (request.keep || request.replace) return request.replace;
  if (!common_options().yes && !can_ask()) return std::nullopt;
  return ask_yes_no(cat(name, " has another value already. Replace it?"));
}

/// Returns a file name that does not exist yet.
std::string backup_name(const std::string& env_file) {
  std::error_code error;
  auto name = env_file + ".backup";
  for (int i = 2; fs::exists(fs::symlink_status(name, error)); ++i) name = cat(env_file, ".backup", i);
  return name;
}

struct ImportedSettings {
  json::array added, replaced, kept, same;
  std::vector<std::string> conflicts;
};

/// Returns the name under which the file has the setting: for `AIO_…`, letter case does not matter.
std::string name_in_file(const DotenvText& env, const std::string& name) {
  if (!name.starts_with("AIO_")) return name;
  for (auto& key : env.keys())
    if (equals_ignoring_case(key, name)) return std::move(key);
  return name;
}

ImportedSettings apply(const ConsoleFile& file, const ImportRequest& request, DotenvText& env) {
  ImportedSettings taken;
  for (const auto& [setting, value] : file.settings) {
    const auto name = name_in_file(env, setting);
    const auto old = env.get(name);
    if (old && *old == value.reveal()) {
      taken.same.emplace_back(name);
    } else if (!old || old->empty()) {
      env.set(name, value.reveal());
      taken.added.emplace_back(name);
    } else if (const auto replace = replaces(request, name); !replace) {
      taken.conflicts.push_back(name);
    } else if (*replace) {
      env.set(name, value.reveal());
      taken.replaced.emplace_back(name);
    } else {
      taken.kept.emplace_back(name);
    }
  }
  return taken;
}

void print_names(std::string_view word, const json::array& names) {
  for (const auto& name : names) std::cout << word << name.get_string().c_str() << '\n';
}

/// An existing file keeps its mode, although it contains secrets now: warn if others can read it.
void note_who_can_read(const std::string& env_file) {
  std::error_code error;
  const auto others = fs::perms::others_all | fs::perms::group_write;
  const auto mode = fs::status(env_file, error).permissions();
  if (!error && (mode & others) != fs::perms::none)
    note(cat("other users of this machine can read ", env_file, ": chmod 600 ", shell_file(env_file)));
}

/// A download may come from someone else and name their IMS, to which all credentials in the `.env` would then go.
void confirm_ims(const ImportRequest& request, const ConsoleFile& file) {
  for (const auto& [name, value] : file.settings) {
    if (name != "ADIT_IMS") continue;
    if (foreign_destinations(EnvFile::parse(cat(name, '=', value.reveal()), request.file)).empty()) continue;
    const auto what = cat(request.file, " names an IMS that is not one of Adobe's: ", value.reveal());
    if ((common_options().yes || can_ask()) && ask_yes_no(cat(what, ". Import it?"))) continue;
    throw Error::configuration("untrusted_destination", cat(what, '.'))
        .hint("The credentials in .env would go there. If you trust the file, give --yes.");
  }
}

/// The `.env` may come from someone else and decide where the imported credential goes.
void confirm_destinations(const ImportRequest& request, const std::string& env_file, const std::string& text) {
  for (const auto& setting : foreign_destinations(EnvFile::parse(text, app::shown_path(env_file)))) {
    const auto question =
        cat(setting.name, " (", setting.where.to_string(), ") decides where the credential goes. Import it?");
    if ((common_options().yes || can_ask()) && ask_yes_no(question)) continue;
    refuse_untrusted_destination({"the credential", SettingSource::command_line, {request.file, 0, 0}}, setting,
                                 "give --yes");
  }
}

void run_import(const ImportRequest& request) {
  const auto file = settings_of(request);
  const auto env_file = env_file_of(request);
  auto env = DotenvText::read(env_file);
  const auto before = read_file_if_there(env_file);
  auto taken = apply(file, request, env);
  if (!taken.conflicts.empty()) {
    throw Error::configuration("settings_exist",
                               cat(env_file, " already has other values for ", join(taken.conflicts, ", "), "."))
        .hint("Nothing was written. Use --replace (it keeps a copy of the file) or --keep.");
  }
  for (const auto& text : file.notes) note(text);
  for (const auto& setting : file.missing)
    if (env.get(setting.name).value_or("").empty()) note(setting.note);
  std::string backup;
  if (env.changed() && !request.dry_run) {
    confirm_ims(request, file);
    confirm_destinations(request, env_file, before.value_or(""));
    std::vector<FileChange> changes;
    if (before && !taken.replaced.empty()) {
      backup = backup_name(env_file);
      changes.push_back({.path = backup, .before = std::nullopt, .after = *before});
    }
    changes.push_back({.path = env_file, .before = before, .after = env.text()});
    replace_files(changes);
  }
  if (request.json) {
    json::object out{{"file", env_file},     {"written", env.changed() && !request.dry_run},
                     {"added", taken.added}, {"replaced", taken.replaced},
                     {"kept", taken.kept},   {"same", taken.same}};
    if (!backup.empty()) out["backup"] = backup;
    std::cout << shown_json(out) << '\n';
    return;
  }
  print_names("added     ", taken.added);
  print_names("replaced  ", taken.replaced);
  print_names("kept      ", taken.kept);
  print_names("the same  ", taken.same);
  note(cat(env.changed() ? (request.dry_run ? "would write " : "wrote ") : "nothing to change in ", env_file));
  if (env.changed() && !request.dry_run) note_who_can_read(env_file);
  if (!backup.empty())
    note(cat("the previous ", env_file, " was copied to ", backup,
             ". It contains your secrets: do not commit it, and delete it when you no longer need it"));
}

}  // namespace

void add_import(Command program) {
  auto command =
      program.add_command("import", "Write a credential from a Developer Console download, or from .aio, to .env");
  const auto request = std::make_shared<ImportRequest>();
  command
      .add_option(
          "FILE", request->file,
          "Workspace JSON, a credential's JSON, config.zip with key and certificate, .aio, or AEM's service credentials or local development token")
      .required();
  auto replace =
      command.add_flag("--replace", request->replace, "Replace existing values; the old .env is kept as a copy");
  command.add_flag("--keep", request->keep, "Keep existing values").excludes(replace);
  command.add_option("--credential", request->credential, "Which credential to import if the file contains several")
      .type_name("NAME");
  command.add_flag("--dry-run", request->dry_run, "Print what would be done, and do nothing");
  command.add_option("--env-file", request->env_file, "Write to this file instead of the project's .env")
      .type_name("FILE");
  command.add_option("--project", request->project, "The project's folder").type_name("DIR");
  command.add_flag("--json", request->json, "Print what was added, replaced and kept as JSON");
  command.run([request] { run_import(*request); });
}

}  // namespace adit::cli
