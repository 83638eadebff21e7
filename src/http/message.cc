#include <algorithm>
#include <array>

#include "adit/error.h"
#include "adit/http.h"

#include "base/secret/secret_words.h"
#include "base/text/text.h"
#include "base/trace.h"
#include "http/body_kind.h"
#include "http/http_date.h"

namespace adit::http {
namespace {

/// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

/// A value with CR, LF or NUL could begin another field (RFC 9110 section 5.5).
bool is_field_value(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

void check_name(std::string_view name) {
  if (is_token(name)) return;
  throw Error::configuration("invalid_request", "A header's name is empty or contains a character that is not allowed.")
      .hint("Names are letters, digits and hyphens: x-api-key.");
}

constexpr bool is_field_word(const SecretWord& word) { return word.in_field == Occurs::anywhere; }

constexpr auto kCredentialWords = [] {
  std::array<std::string_view, std::ranges::count_if(kSecretWords, is_field_word)> words;
  auto* next = words.begin();
  for (const auto& word : kSecretWords)
    if (is_field_word(word)) *next++ = word.word;
  return words;
}();

/// The first letters of these words, in lower case, by the letter's capital and small form; 0 for all other characters.
constexpr auto kFirstLetters = [] {
  std::array<char, 256> letters{};
  for (const auto word : kCredentialWords)
    for (const char letter : {word.front(), static_cast<char>(word.front() - 'a' + 'A')})
      letters[static_cast<unsigned char>(letter)] = word.front();
  return letters;
}();

/// Looks at the first letter before it compares words, because this is called for each suffix of every header's name,
/// more than once for each request.
bool begins_with_credential_word(std::string_view text) {
  const char first = kFirstLetters[static_cast<unsigned char>(text.front())];
  return first != 0 && std::ranges::any_of(kCredentialWords, [&](std::string_view word) {
           return word.front() == first && equals_ignoring_case(text.substr(0, word.size()), word);
         });
}

void add_form_encoded(std::string_view text, std::string& to) {
  std::string encoded = form_encode(text);
  to += encoded;
  wipe(encoded.data(), encoded.size());
}

}  // namespace

Headers& Headers::operator=(const Headers& other) {
  if (this != &other) {
    wipe();
    fields_ = other.fields_;
  }
  return *this;
}

Headers& Headers::operator=(Headers&& other) noexcept {
  if (this != &other) {
    wipe();
    fields_ = std::move(other.fields_);
    other.fields_.clear();
  }
  return *this;
}

Headers::~Headers() { wipe(); }

void Headers::wipe() noexcept {
  // All values: to wipe one takes less time than to find out whether it is a credential.
  for (auto& [name, value] : fields_) adit::wipe(value.data(), value.size());
}

void Headers::add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }

void Headers::set(std::string name, std::string value) {
  remove(name);
  add(std::move(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](auto& field) {
    if (!equals_ignoring_case(field.first, name)) return false;
    adit::wipe(field.second.data(), field.second.size());
    return true;
  });
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const auto& field : fields_)
    if (equals_ignoring_case(field.first, name)) return field.second;
  return std::nullopt;
}

std::string_view Headers::get_or_empty(std::string_view name) const { return get(name).value_or(std::string_view()); }

bool is_credential(std::string_view name, std::string_view value) {
  for (auto rest = name; !rest.empty(); rest.remove_prefix(1))
    if (begins_with_credential_word(rest)) return true;
  const auto text = trim(value);
  // Every JWT begins with `{"` in base64url.
  return text.starts_with("eyJ") || (text.size() > 7 && equals_ignoring_case(text.substr(0, 7), "bearer "));
}

Response& Response::operator=(const Response& other) {
  if (this != &other) *this = Response(other);
  return *this;
}

Response& Response::operator=(Response&& other) noexcept {
  if (this == &other) return *this;
  adit::wipe(body_.data(), body_.size());
  status_ = other.status_;
  headers_ = std::move(other.headers_);
  body_ = std::move(other.body_);
  return *this;
}

Response::~Response() { adit::wipe(body_.data(), body_.size()); }

json::value Response::json() const {
  try {
    return parse_json(body_, "The answer");
  } catch (const Error& error) {
    const auto kind = body_kind(*this);
    const bool almost_json = kind == BodyKind::json || kind == BodyKind::malformed_json || kind == BodyKind::too_large;
    auto message =
        almost_json ? error.message() : cat("The answer should be JSON, but is ", describe_body(*this, kind));
    while (message.ends_with('.')) message.pop_back();
    throw Error::failure("invalid_response_body", cat(message, " (status ", status_, ")."))
        .http_status(status_)
        .hint(
            is_page(kind)
                ? "A proxy, a gateway or a login page answered instead of the API; check the URL and the proxy settings."
                : "Check the URL; if it is right, the server had a fault.");
  }
}

std::optional<std::chrono::milliseconds> Response::retry_after(std::chrono::sys_seconds now) const {
  const auto field = headers_.get("retry-after");
  if (!field) return std::nullopt;
  const auto text = trim(*field);
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos) {
    constexpr std::int64_t kLongest = 1'000'000'000;  // about 31 years, and safe to turn into milliseconds
    std::int64_t seconds = 0;
    for (const char digit : text) seconds = std::min(kLongest, seconds * 10 + (digit - '0'));
    return std::chrono::seconds(seconds);
  }
  const auto time = parse_http_date(text, now);
  if (!time) return std::nullopt;
  return std::max(std::chrono::milliseconds(0), std::chrono::milliseconds(*time - now));
}

std::optional<std::chrono::sys_seconds> Response::date() const {
  const auto field = headers_.get("date");
  if (!field) return std::nullopt;
  return parse_http_date(*field, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
}

Request& Request::query(std::string_view name, std::string_view value) & {
  const auto end = std::min(url_.find('#'), url_.size());
  const auto mark = url_.find('?');
  const bool is_first = mark >= end;
  const auto before = url_[end - 1];
  const std::string_view divider = is_first ? "?" : before == '?' || before == '&' ? "" : "&";
  url_.insert(end, cat(divider, percent_encode(name), '=', percent_encode(value)));
  return *this;
}

Request& Request::header(std::string name, std::string value) & {
  check_name(name);
  headers_.remove(name);
  return further_header(std::move(name), std::move(value));
}

Request& Request::further_header(std::string name, std::string value) & {
  check_name(name);
  if (!is_field_value(value))
    throw Error::configuration("invalid_request", cat("The value of header ", name, " contains a line end or NUL."))
        .hint("Remove the line end; values read from files often end in one.");
  headers_.add(std::move(name), std::move(value));
  return *this;
}

Request& Request::without(std::string name) & {
  check_name(name);
  headers_.remove(name);
  left_out_.push_back(std::move(name));
  return *this;
}

bool Request::sets_or_omits(std::string_view name) const {
  return headers_.has(name) || std::any_of(left_out_.begin(), left_out_.end(),
                                           [&](const auto& other) { return equals_ignoring_case(other, name); });
}

Request& Request::bearer(const Secret& token) & {
  const auto text = token.reveal();
  const auto visible = [](char c) { return c > ' ' && c < 0x7f; };
  if (text.empty() || !std::all_of(text.begin(), text.end(), visible))
    throw Error::configuration("invalid_request",
                               text.empty()
                                   ? "The bearer token is empty."
                                   : "The bearer token contains a space, a line end or a character outside ASCII.");
  std::string value;
  value.reserve(text.size() + 8);  // growing would leave an unwiped copy behind
  value.append("Bearer ").append(text);
  headers_.set("Authorization", std::move(value));
  return *this;
}

Request& Request::json(const json::value& body) & {
  source_.reset();
  secret_body_ = false;
  std::string text = to_json(body);
  body_ = Secret(text);
  wipe(text.data(), text.size());
  headers_.set("Content-Type", "application/json");
  return *this;
}

Request& Request::form(const std::vector<std::pair<std::string, Secret>>& fields) & {
  std::size_t longest = 0;
  for (const auto& [name, value] : fields) longest += 3 * (name.size() + value.size()) + 2;
  std::string text;
  text.reserve(longest);  // growing would leave an unwiped copy behind
  for (const auto& [name, value] : fields) {
    if (!text.empty()) text += '&';
    add_form_encoded(name, text);
    text += '=';
    add_form_encoded(value.reveal(), text);
  }
  secret_body_ =
      std::any_of(fields.begin(), fields.end(), [](const auto& field) { return is_credential(field.first, {}); });
  source_.reset();
  body_ = Secret(text);
  wipe(text.data(), text.size());
  headers_.set("Content-Type", "application/x-www-form-urlencoded");
  return *this;
}

Request& Request::body_from(std::shared_ptr<BodySource> source, std::string content_type) & {
  source_ = std::move(source);
  secret_body_ = false;
  body_ = Secret();
  return header("Content-Type", std::move(content_type));
}

bool Request::carries_secret() const {
  return secret_body_ || !split_url(url_).userinfo.empty() ||
         std::any_of(headers_.begin(), headers_.end(), [](const auto& field) {
           return !equals_ignoring_case(field.first, "x-api-key") && is_credential(field.first, field.second);
         });
}

bool Request::repeatable() const { return source_ == nullptr || source_->rewindable(); }

Request& Request::body(std::string bytes, std::string content_type) & {
  source_.reset();
  secret_body_ = false;
  body_ = Secret(bytes);
  wipe(bytes.data(), bytes.size());
  return header("Content-Type", std::move(content_type));
}

Request& Request::timeout(std::chrono::milliseconds total) & {
  timeout_ = total;
  return *this;
}

Request& Request::at_most(std::chrono::milliseconds total) & {
  at_most_ = total;
  return *this;
}

Request& Request::max_response_bytes(std::size_t bytes) & {
  max_response_bytes_ = bytes;
  return *this;
}

Request& Request::stop(std::stop_token token) & {
  stop_ = std::move(token);
  return *this;
}

Response Request::send() const {
  const trace::Stopwatch stopwatch;
  auto response = send(Client::shared());
  if (trace::enabled()) {
    trace::report("API called", cat(method_, ' ', split_url(url_).shown(), " -> ", response.status()),
                  stopwatch.elapsed(), trace::StepKind::api_called);
  }
  return response;
}
Response Request::send(Transport& transport) const { return transport.send(*this); }

}  // namespace adit::http
