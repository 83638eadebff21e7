#include "cli/import/import_document.h"

#include <memory>

#include "adit/error.h"

#include "app/yaml/yaml_parse.h"
#include "base/text/byte_order_mark.h"
#include "base/text/text.h"
#include "config/hjson.h"

namespace adit::cli {
namespace {

constexpr std::size_t kMaxDocumentBytes = 4U << 20U;

json::value read_yaml_document(std::string_view text, const std::string& shown) {
  const auto file = std::make_shared<const app::SourceFile>(app::SourceFile{shown, shown});
  try {
    const auto tree = app::parse_yaml(text, file);
    if (tree.is_map()) return app::to_json_value(tree);
  } catch (const Error&) {
    // A syntax error of YAML does not help a user who gave another kind of file. The message below says what is
    // expected.
  }
  throw Error::configuration("unknown_console_file", cat(shown, " is neither JSON nor an aio CLI's .aio."))
      .hint("Give a download of the Developer Console (workspace JSON, a credential's JSON, config.zip), or an .aio.");
}

}  // namespace

json::value read_import_document(std::string_view text, const std::string& shown) {
  if (is_utf16(text))
    throw Error::configuration("unknown_console_file", cat(shown, " is UTF-16, not UTF-8."))
        .hint("Save it as UTF-8, or download it again: the Developer Console's files are UTF-8.");
  text = without_byte_order_mark(text);
  const auto content = trim(text);
  if (content.empty())
    throw Error::configuration("unknown_console_file", cat(shown, " is empty.")).hint("Download it again.");
  if (content.front() != '{' && content.front() != '[') return read_yaml_document(text, shown);
  try {
    return parse_hjson(text, shown, {.max_bytes = kMaxDocumentBytes});
  } catch (const Error& error) {
    throw Error::configuration("unknown_console_file", error.message())
        .hint("It may be cut off: download it again. In an .aio, correct that place.");
  }
}

}  // namespace adit::cli
