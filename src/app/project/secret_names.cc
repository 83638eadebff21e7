#include "app/project/secret_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

#include "base/secret/secret_words.h"
#include "base/text/text.h"

namespace adit::app {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter_or_digit(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

/// Splits `JWT_PRIVATE_KEY`, `privateKey` or `private-key` into its words, in lower case.
std::vector<std::string> split_into_words(std::string_view name) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (!is_letter_or_digit(name[at])) continue;
    const bool begins_word =
        at == 0 || !is_letter_or_digit(name[at - 1]) ||
        (is_upper(name[at]) && (!is_upper(name[at - 1]) ||
                                (at + 1 < name.size() && std::islower(static_cast<unsigned char>(name[at + 1])) != 0)));
    if (begins_word) words.emplace_back();
    words.back() += name[at];
  }
  for (auto& word : words) word = to_lower(word);
  return words;
}

/// Returns true if a name that ends with this word is not a secret but describes one: its place, its lifetime, its
/// name.
bool is_about(const std::string& word) {
  static constexpr std::array<std::string_view, 47> kAbout = {
      "id",     "ids",     "url",        "uri",      "urls",    "endpoint", "host",    "path",
      "file",   "dir",     "folder",     "name",     "names",   "ttl",      "life",    "lifetime",
      "expiry", "expires", "expiration", "timeout",  "seconds", "minutes",  "hours",   "ms",
      "days",   "cache",   "size",       "length",   "limit",   "type",     "enabled", "count",
      "header", "prefix",  "version",    "region",   "issuer",  "audience", "store",   "interval",
      "age",    "retries", "algorithm",  "required", "scope",   "scopes",   "in"};
  return std::find(kAbout.begin(), kAbout.end(), word) != kAbout.end();
}

}  // namespace

bool names_a_secret(std::string_view name) {
  // The client id: the name that Adobe's tools use, and those that its templates use for the input.
  if (equals_ignoring_case(name, "SERVICE_API_KEY") || name == "apiKey" || name == "x-api-key") return false;
  const auto words = split_into_words(name);
  if (words.empty() || is_about(words.back())) return false;
  const auto spelled = cat('-', join(words, "-"), '-');
  return std::ranges::any_of(kSecretWords, [&](const SecretWord& word) {
    return word.in_setting == Occurs::as_word && spelled.find(cat('-', word.word, '-')) != std::string::npos;
  });
}

}  // namespace adit::app
