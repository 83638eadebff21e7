#include "credentials/console_file.h"

#include <set>

#include "cli/import/import_document.h"

#include "config/dotenv.h"
#include "config/dotenv_edit.h"
#include "fuzz/target.h"

using namespace adit;
using namespace adit::fuzz;

ADIT_FUZZ(console_file) {
  const auto document = accepted([&] { return cli::read_import_document(bytes, "console.json"); });
  if (!document) return;
  const auto read = accepted([&] { return read_console_file(*document, "console.json"); });
  accepted([&] { return read_console_file(*document, "console.json", "me"); });
  if (!read) return;
  std::set<std::string> names;
  for (const auto& setting : read->settings) {
    require(names.insert(setting.name).second, "each setting is unique");
    require(setting.name.starts_with("JWT_") || setting.name.starts_with("IMS_OAUTH_S2S_") ||
                setting.name.starts_with("AIO_runtime_") || setting.name == "SERVICE_API_KEY" ||
                setting.name == "ADIT_IMS" || setting.name == "AEM_ACCESS_TOKEN",
            "a file cannot choose the name of a setting");
    const auto line = accepted([&] { return dotenv_line(setting.name, setting.value.reveal()); });
    if (line) require(parse_dotenv(*line).size() == 1, "a setting is one setting in .env");
  }
}
