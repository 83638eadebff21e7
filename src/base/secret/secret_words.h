#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace adit {

/// Where a word must be in a name that it makes the name of a secret.
enum class Occurs : std::uint8_t {
  nowhere,
  anywhere,
  at_end,
  /// The word is the whole name.
  alone,
  /// It is one of the name's words, or several with hyphens: `api-key` is in `STRIPE_API_KEY` and `stripeApiKey`.
  as_word,
  /// It is the name's last word.
  as_last_word,
};

/// A word in lower case that makes a name the name of a secret, and where it must be in the name, for each use.
struct SecretWord {
  std::string_view word;
  /// In the name of an HTTP header or form field: http::is_credential().
  Occurs in_field;
  /// In the name of an action's parameter, whose value string_parameters() hides, for logs and the console. Hyphens,
  /// underscores, dots and spaces are ignored.
  Occurs in_parameter;
  /// In a request's raw text, which string_parameters() then hides as a whole. The same characters are ignored.
  Occurs in_raw_text;
  /// In the name of a project's setting or input: app::names_a_secret().
  Occurs in_setting;
};

/// Each word hides at least parameters, because a log that hides too much does no harm. The other uses differ:
///  - A request with a secret field is not sent over http:// to another machine. A word that names something harmless,
///    too (`Access-Control-Allow-Credentials`, a webhook's signature), would refuse requests that are in order.
///  - Raw text may be an error page or prose, which a word such as authorization, credentials or cookie must not hide.
///  - A secret setting must not be sent where another file says, and `adit check` warns of it. Names of settings are
///    long (MAX_TOKENS, TOKEN_CACHE_TTL), so whole words are compared.
inline constexpr auto kSecretWords = [] {
  using enum Occurs;
  // clang-format off: one line for each word
  return std::to_array<SecretWord>({
      // word            in_field  in_parameter  in_raw_text  in_setting
      {"secret", anywhere, anywhere, anywhere, as_word},
      {"secrets", anywhere, anywhere, anywhere, as_word},
      {"passw", anywhere, anywhere, anywhere, nowhere},
      {"password", anywhere, anywhere, anywhere, as_word},
      {"passwd", anywhere, anywhere, anywhere, as_word},
      {"passphrase", nowhere, anywhere, anywhere, as_word},
      {"pwd", nowhere, alone, nowhere, nowhere},
      {"token", anywhere, anywhere, anywhere, as_word},
      {"assertion", anywhere, anywhere, anywhere, nowhere},
      {"jwt", nowhere, alone, nowhere, nowhere},
      {"authorization", anywhere, anywhere, nowhere, nowhere},
      {"x-auth", anywhere, anywhere, nowhere, nowhere},
      {"auth", nowhere, at_end, nowhere, nowhere},
      {"runtime-auth", nowhere, anywhere, nowhere, as_word},
      {"cookie", anywhere, anywhere, nowhere, nowhere},
      {"credential", nowhere, anywhere, nowhere, nowhere},
      {"credentials", nowhere, anywhere, nowhere, as_word},
      {"signature", nowhere, anywhere, anywhere, nowhere},
      {"api-key", anywhere, anywhere, anywhere, as_word},
      {"apikey", anywhere, anywhere, anywhere, as_word},
      {"private-key", nowhere, anywhere, anywhere, as_word},
      {"privatekey", nowhere, anywhere, anywhere, as_word},
      {"access-key", nowhere, anywhere, anywhere, as_word},
      {"signing-key", nowhere, anywhere, anywhere, as_word},
      {"key", nowhere, as_last_word, nowhere, nowhere},
  });
  // clang-format on
}();

}  // namespace adit
