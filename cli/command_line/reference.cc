#include "cli/command_line/reference.h"

#include <filesystem>
#include <optional>

#include "adit/error.h"
#include "adit/version.h"
#include "cli/command_line/command_page.h"
#include "cli/command_line/completion_script.h"
#include "cli/terminal/user_config.h"

#include "app/manifest/manifest_keys.h"
#include "base/text/text.h"
#include "system/files/replace_file.h"

namespace adit::cli {
namespace {

namespace fs = std::filesystem;

// ---- Markdown

/// Escapes text for the cell of a table.
std::string cell(std::string text) { return replace_all(replace_all(std::move(text), "|", "\\|"), "\n", " "); }

std::string in_code(const CommandPage::Entry& entry) {
  return cat('`', join(entry.names, "`, `"), entry.value.empty() ? "" : cat(' ', entry.value), '`');
}

std::string table(const std::vector<CommandPage::Entry>& entries, std::string_view head) {
  if (entries.empty()) return {};
  auto text = cat("\n| ", head, " | |\n| --- | --- |\n");
  for (const auto& entry : entries) text += cat("| ", cell(in_code(entry)), " | ", cell(entry.about), " |\n");
  return text;
}

std::string section(const CommandPage& page) {
  auto text =
      cat("\n### ", page.words, "\n\n", page.about, page.about.ends_with('.') ? "" : ".", "\n\n```\n", page.words, ' ',
          page.usage, "\n```\n", table(page.arguments, "argument"), table(page.options, "option"));
  if (!page.commands.empty()) {
    text += "\n| command | |\n| --- | --- |\n";
    for (const auto& [name, about] : page.commands)
      text += cat("| `", page.words, ' ', name, "` | ", cell(about), " |\n");
  }
  if (!page.footer.empty()) text += cat("\n```\n", page.footer, "\n```\n");
  return text;
}

std::string settings_table() {
  std::string text = "| variable | meaning | may be set in |\n| --- | --- | --- |\n";
  for (const auto& setting : settings())
    text += cat("| `", replace_all(std::string(setting.name), ", ", "`, `"), "` | ", cell(std::string(setting.meaning)),
                " | environment", setting.in_env_file ? ", `.env`" : "",
                setting.in_config ? ", configuration file" : "", " |\n");
  return text;
}

std::string keys_table() {
  std::string text;
  std::optional<app::KeyPlace> place;
  for (const auto& one : app::manifest_keys()) {
    if (place != one.place)
      text += cat(place ? "\n" : "", "| key of ", app::place_name(one.place), " | adit | |\n| --- | --- | --- |\n");
    place = one.place;
    const auto* use = one.use == app::KeyUse::acted_on      ? "acts on it"
                      : one.use == app::KeyUse::left_to_aio ? "leaves it to `aio`"
                                                            : "no effect, with adit or `aio`";
    text += cat("| `", one.key, "` | ", use, " | ", cell(std::string(one.about)), " |\n");
  }
  return text;
}

constexpr std::string_view kPrecedence =
    "Settings are read in this order; the first one found wins: an option, the process environment, the project's "
    "`.env`, the configuration file, the default. The configuration file is `$XDG_CONFIG_HOME/adit/config`, or "
    "`~/.config/adit/config` if that variable is not set. Its format is that of `.env`. adit reports a mistake in it "
    "with its line.";

// ---- Manual pages (man(7))

std::string roff(std::string_view text) {
  std::string escaped;
  bool at_start = true;
  for (const char c : text) {
    if (at_start && (c == '.' || c == '\'')) escaped += "\\&";
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else {
      escaped += c;
    }
    at_start = c == '\n';
  }
  return escaped;
}

/// Converts Markdown's code marks to bold.
std::string prose(std::string_view text) {
  std::string shown;
  bool bold = false;
  for (const auto& c : roff(text)) {
    if (c == '`') {
      shown += bold ? "\\fR" : "\\fB";
      bold = !bold;
    } else {
      shown += c;
    }
  }
  return shown;
}

std::string entries(std::string_view head, const std::vector<CommandPage::Entry>& all) {
  if (all.empty()) return {};
  auto text = cat(".SH ", head, "\n");
  for (const auto& entry : all) {
    text += ".TP\n";
    for (std::size_t i = 0; i < entry.names.size(); ++i)
      text += cat(i == 0 ? "" : ", ", "\\fB", roff(entry.names[i]), "\\fR");
    text += cat(entry.value.empty() ? "" : cat(" \\fI", roff(entry.value), "\\fR"), "\n", prose(entry.about), "\n");
  }
  return text;
}

std::string page_name(std::string_view words) { return replace_all(std::string(words), " ", "-"); }

std::string manual_page(const CommandPage& page, const std::string& program) {
  const auto name = page_name(page.words);
  auto text = cat(".TH \"", roff(name), "\" 1 \"\" \"adit ", version(), "\" \"adit\"\n.SH NAME\n", roff(name), " \\- ",
                  roff(page.about), "\n.SH SYNOPSIS\n\\fB", roff(page.words), "\\fR ", roff(page.usage), "\n");
  text += entries("ARGUMENTS", page.arguments);
  if (!page.commands.empty()) {
    text += ".SH COMMANDS\n";
    for (const auto& [command, about] : page.commands)
      text += cat(".TP\n\\fB", roff(page.words), " ", roff(command), "\\fR\n", roff(about), "\n");
  }
  text += entries("OPTIONS", page.options) + entries("\"COMMON OPTIONS\"", page.common);
  if (!page.footer.empty()) text += cat(".SH NOTES\n.nf\n", roff(page.footer), "\n.fi\n");
  if (page.words == program) {
    text += ".SH ENVIRONMENT\n";
    for (const auto& setting : settings())
      text += cat(".TP\n\\fB", roff(setting.name), "\\fR\n", prose(setting.meaning), "\n");
    text += cat(".SH FILES\n", prose(kPrecedence), "\n");
  }
  text += ".SH \"EXIT STATUS\"\n.TP\n0\nsuccess\n.TP\n1\nthe work failed\n.TP\n2\nwrong usage or configuration\n";
  text += ".SH \"SEE ALSO\"\n";
  if (page.words != program)
    text += cat("\\fB", roff(page_name(page.words.substr(0, page.words.rfind(' ')))), "\\fR(1)\n");
  for (std::size_t i = 0; i < page.commands.size(); ++i)
    text += cat("\\fB", roff(cat(name, '-', page.commands[i].first)), "\\fR(1)",
                i + 1 < page.commands.size() ? ",\n" : "\n");
  return text;
}

void write(const fs::path& path, std::string text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);  // a failure is reported by the write
  replace_file(
      {.path = path.string(), .before = read_file_if_there(path.string()), .after = std::move(text), .new_mode = 0644});
}

}  // namespace

std::string reference_markdown(const CLI::App& program) {
  const auto pages = command_pages(program);
  std::string text =
      "# Reference\n\nAll commands and settings. `tools/reference` writes this page from the texts that `--help` "
      "shows: to change it, change those texts.\n\nResults go to stdout, everything else to stderr. Exit codes: 0 "
      "success, 1 the work "
      "failed, 2 wrong usage or configuration.\n\n## Commands\n";
  text += table(pages.front().common, "of every command");
  for (const auto& page : pages) text += section(page);
  return cat(
      text, "\n## Settings\n\n", kPrecedence, "\n\n", settings_table(),
      "\n## Keys of a project's configuration\n\nWhat adit does with the keys of `app.config.yaml`, "
      "`ext.config.yaml` and `manifest.yml`. `adit check` lists the keys that it leaves to `aio` (`key_left_to_aio`); the commands that read the project name them in one line.\n\n",
      keys_table());
}

void write_installed_texts(const CLI::App& program, const std::string& folder) {
  const fs::path place(folder);
  const auto pages = command_pages(program);
  for (const auto& page : pages)
    write(place / "man" / (page_name(page.words) + ".1"), manual_page(page, pages.front().words));
  const auto script = [&](const char* shell, const char* name) {
    write(place / "completions" / name, std::string(completion_script(shell)));
  };
  script("bash", "adit");
  script("zsh", "_adit");
  script("fish", "adit.fish");
}

}  // namespace adit::cli
