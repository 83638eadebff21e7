#include <algorithm>
#include <cctype>
#include <charconv>

#include "adit/action.h"
#include "adit/base64.h"
#include "adit/json.h"

#include "base/secret/secret_words.h"
#include "base/text/text.h"
#include "http/authorization.h"

namespace adit {
namespace {

constexpr std::string_view kHidden = "<hidden>";

/// Returns the member that a name with dots leads to, or nullptr. Works like getMissingKeys() of Adobe's template.
const boost::json::value* follow(const boost::json::object& object, std::string_view path) {
  const auto dot = path.find('.');
  const auto* value = object.if_contains(path.substr(0, dot));
  while (value != nullptr) {
    if (path.find('.') == std::string_view::npos) return value;
    path.remove_prefix(path.find('.') + 1);
    const auto name = path.substr(0, path.find('.'));
    if (const auto* inner = value->if_object()) {
      value = inner->if_contains(name);
    } else if (const auto* list = value->if_array()) {
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
      const bool is_index = error == std::errc() && end == name.data() + name.size();
      value = is_index ? list->if_contains(index) : nullptr;
    } else {
      return nullptr;
    }
  }
  return nullptr;
}

std::vector<std::string> missing_keys(const boost::json::object& object, const std::vector<std::string>& required) {
  std::vector<std::string> missing;
  for (const auto& name : required) {
    const auto* value = follow(object, name);
    if (value == nullptr || (value->is_string() && value->get_string().empty())) missing.push_back(name);
  }
  return missing;
}

const boost::json::object& headers_of(const boost::json::object& params) {
  static const boost::json::object none;
  const auto* headers = params.if_contains("__ow_headers");
  return headers != nullptr && headers->is_object() ? headers->get_object() : none;
}

/// Reduces a name to its letters, so that `apiKey`, `x-api-key` and `API_KEY` contain the same word.
std::string letters_of(std::string_view name) {
  std::string letters;
  for (const char c : name) {
    if (c != '_' && c != '-' && c != '.' && c != ' ') letters += c;
  }
  return to_lower(letters);
}

struct Word {
  std::string letters;
  Occurs where;
};

/// Returns the words of one use, reduced to their letters.
std::vector<Word> secret_words(Occurs SecretWord::*use) {
  std::vector<Word> words;
  for (const auto& word : kSecretWords)
    if (word.*use != Occurs::nowhere) words.push_back({letters_of(word.word), word.*use});
  return words;
}

/// Whether a name, of which `letters` are the letters, ends with this word: `private_key` and `apiKey`, but not
/// `monkey`, end with `key`.
bool ends_with_word(std::string_view name, std::string_view letters, std::string_view word) {
  if (letters == word) return true;
  if (!letters.ends_with(word) || name.size() <= word.size()) return false;
  const auto begin = name.size() - word.size();
  return std::isalnum(static_cast<unsigned char>(name[begin - 1])) == 0 ||
         std::isupper(static_cast<unsigned char>(name[begin])) != 0;
}

bool is_secret_name(std::string_view name) {
  static const auto words = secret_words(&SecretWord::in_parameter);
  const auto letters = letters_of(name);
  return std::ranges::any_of(words, [&](const Word& word) {
    switch (word.where) {
      case Occurs::anywhere:
        return letters.find(word.letters) != std::string::npos;
      case Occurs::at_end:
        return letters.ends_with(word.letters);
      case Occurs::alone:
        return letters == word.letters;
      case Occurs::as_word:
      case Occurs::as_last_word:
        return ends_with_word(name, letters, word.letters);
      case Occurs::nowhere:
        return false;
    }
    return false;
  });
}

/// Whether the text contains a compact JWS: a word that begins with `{"` in base64url, as every JWS header does, and
/// has two or more dots. Reads each byte only once, because a caller chooses the text and may make it long.
bool contains_jws(std::string_view text) {
  constexpr std::string_view kHeaderBegin = "eyJ";
  for (auto at = text.find(kHeaderBegin); at != std::string_view::npos; at = text.find(kHeaderBegin, at)) {
    const auto end = std::min(text.size(), text.find_first_of(" \t\r\n\"'&;,", at));
    if (std::ranges::count(text.substr(at, end - at), '.') >= 2) return true;
    at = end;
  }
  return false;
}

/// Whether the text contains a compact JWS or a PEM block (also in base64), or is the value of an Authorization header.
bool contains_secret(std::string_view text) {
  if (contains_jws(text)) return true;
  const auto has = [&](std::string_view word) { return text.find(word) != std::string_view::npos; };
  if (has("-----BEGIN") || has("LS0tLS1CRUdJTi")) return true;
  const auto lower = to_lower(text.substr(0, 7));
  return lower.starts_with("bearer ") || lower.starts_with("basic ");
}

/// Whether a request's raw text, which may be a form or a JSON object, contains a secret. Any word that names a secret
/// is enough to hide the whole text.
bool raw_text_contains_secret(std::string_view text) {
  static const auto words = secret_words(&SecretWord::in_raw_text);
  const auto has_word = [](std::string_view raw) {
    const auto letters = letters_of(raw);
    return std::ranges::any_of(words,
                               [&](const Word& word) { return letters.find(word.letters) != std::string::npos; });
  };
  if (has_word(text)) return true;
  const auto decoded = base64_decode_forgiving(text);
  return decoded && (has_word(*decoded) || contains_secret(*decoded));
}

void hide_secrets(std::string_view name, boost::json::value& value) {
  const bool nothing = value.is_null() || (value.is_string() && value.get_string().empty());
  if (nothing || value.is_bool()) return;
  if (!name.empty() && is_secret_name(name)) {
    value = kHidden;
  } else if (auto* object = value.if_object()) {
    for (auto& member : *object) hide_secrets(member.key(), member.value());
  } else if (auto* list = value.if_array()) {
    for (auto& item : *list) hide_secrets({}, item);
  } else if (const auto* text = value.if_string()) {
    const bool raw = name == "__ow_body" || name == "__ow_query" || name == "__ow_path";
    if (contains_secret(*text) || (raw && raw_text_contains_secret(*text))) value = kHidden;
  }
}

}  // namespace

std::optional<std::string> missing_inputs(const boost::json::object& params, const std::vector<std::string>& required,
                                          const std::vector<std::string>& headers) {
  std::vector<std::string> lower;
  lower.reserve(headers.size());
  for (const auto& name : headers) lower.push_back(to_lower(name));

  std::string message;
  if (const auto missing = missing_keys(headers_of(params), lower); !missing.empty()) {
    message = cat("missing header(s) '", join(missing, ","), "'");
  }
  if (const auto missing = missing_keys(params, required); !missing.empty()) {
    if (!message.empty()) message += " and ";
    message += cat("missing parameter(s) '", join(missing, ","), "'");
  }
  if (message.empty()) return std::nullopt;
  return message;
}

Response error_response(int status, std::string_view message, const Logger& log) {
  log.info(cat(status, ": ", message));
  return Response::error(status, message);
}

Response error_response(int status, std::string_view message) { return Response::error(status, message); }

std::string string_parameters(const boost::json::object& params) {
  boost::json::value shown = params;
  hide_secrets({}, shown);
  return to_json(shown);
}

std::optional<Secret> bearer_token(const boost::json::object& params) {
  for (const auto& [name, value] : headers_of(params)) {
    if (!equals_ignoring_case(name, "authorization") || !value.is_string()) continue;
    const auto token = http::authorization_credentials(value.get_string(), "Bearer");
    return token.empty() ? std::nullopt : std::optional<Secret>(Secret(token));
  }
  return std::nullopt;
}

}  // namespace adit
