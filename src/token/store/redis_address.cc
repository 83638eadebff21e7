#include "token/store/redis_address.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "adit/error.h"

#include "base/text/ascii.h"
#include "base/text/text.h"

namespace adit::token {

namespace {

[[noreturn]] void refuse(std::string_view what) {
  throw Error::configuration("invalid_store", cat("The token store's Redis URL is wrong: ", what, "."))
      .hint(
          "Write redis://[user:password@]host[:port][/db], rediss:// with ?ca=FILE&cert=FILE&key=FILE if needed, or unix:/path/of/redis.sock[?db=N]; percent-encode special characters of the password.");
}

int number(std::string_view text, int most, std::string_view what) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0 || value > most) {
    refuse(cat(what, " is not a number up to ", most));
  }
  return value;
}

/// Control characters are rejected: a service that reads lines would execute the lines of such a name or password.
bool holds_control(std::string_view text) { return std::any_of(text.begin(), text.end(), &is_control); }

/// Never nullopt. An optional, because moving a short password out of it would leave a copy.
std::optional<std::string> decoded(std::string_view text) {
  auto plain = percent_decode(text);
  if (!plain) refuse("% is not followed by two hex digits");
  if (holds_control(*plain)) {
    wipe(plain->data(), plain->size());
    refuse("it contains a control character");
  }
  return plain;
}

/// Percent-encodes the characters of a socket's path that parse() would not read as a part of it.
std::string encoded_path(std::string path) {
  auto text = replace_all(replace_all(replace_all(std::move(path), "%", "%25"), "?", "%3F"), " ", "%20");
  return text.starts_with("//") ? cat("%2F", text.substr(1)) : text;
}

Secret decoded_secret(std::string_view text) {
  auto plain = decoded(text);
  Secret secret(*plain);
  wipe(plain->data(), plain->size());
  return secret;
}

void read_query(std::string_view query, RedisAddress& address) {
  while (!query.empty()) {
    const auto field = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), field.size() + 1));
    if (field.starts_with("db=")) {
      address.database = number(field.substr(3), 65535, "the database");
    } else if (field.starts_with("password=")) {
      address.password = decoded_secret(field.substr(9));
    } else if (address.tls && field.starts_with("ca=")) {
      address.ca_file = *decoded(field.substr(3));
    } else if (address.tls && field.starts_with("cert=")) {
      address.certificate_file = *decoded(field.substr(5));
    } else if (address.tls && field.starts_with("key=")) {
      address.key_file = *decoded(field.substr(4));
    } else if (!field.empty()) {
      refuse("only db= and password=, and with rediss:// ca=, cert= and key=, are allowed behind '?'");
    }
  }
}

void read_host(std::string_view text, RedisAddress& address) {
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    const auto user = text.substr(0, at);
    const auto colon = user.find(':');
    address.user = *decoded(user.substr(0, colon));
    if (colon != std::string_view::npos) address.password = decoded_secret(user.substr(colon + 1));
    text.remove_prefix(at + 1);
  }
  auto port = std::string_view::npos;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) refuse("the bracket of the IPv6 address is not closed");
    address.host = text.substr(1, end - 1);
    if (end + 1 < text.size()) {
      if (text[end + 1] != ':') refuse("there is text behind the IPv6 address");
      port = end + 1;
    }
  } else {
    port = text.find(':');
    address.host = text.substr(0, port);
  }
  if (port != std::string_view::npos)
    address.port = static_cast<std::uint16_t>(number(text.substr(port + 1), 65535, "the port"));
  if (address.host.empty()) address.host = "localhost";
}

}  // namespace

RedisAddress RedisAddress::parse(std::string_view url) {
  if (holds_control(url) || url.find(' ') != std::string_view::npos)
    refuse("it contains a space or a control character");
  RedisAddress address;
  address.tls = url.starts_with("rediss://");
  const auto question = url.find('?');
  if (question != std::string_view::npos) {
    read_query(url.substr(question + 1), address);
    url = url.substr(0, question);
  }
  if (url.starts_with("unix:")) {
    url.remove_prefix(5);
    if (url.starts_with("//")) url.remove_prefix(2);
    address.socket = *decoded(url);
    if (address.socket.empty()) refuse("it names no socket");
    return address;
  }
  if (address.certificate_file.empty() != address.key_file.empty()) refuse("cert= and key= go together");
  if (!address.tls && !url.starts_with("redis://")) refuse("it does not begin with redis:// or rediss://");
  url.remove_prefix(url.find("//") + 2);
  // The first '/' begins the database, because a '/' in a password must be percent-encoded.
  const auto slash = url.find('/');
  if (slash != std::string_view::npos && slash + 1 < url.size()) {
    address.database = number(url.substr(slash + 1), 65535, "the database");
  }
  read_host(url.substr(0, slash), address);
  return address;
}

std::string RedisAddress::to_string() const {
  if (!socket.empty()) return cat("unix:", encoded_path(socket), database == 0 ? std::string() : cat("?db=", database));
  const bool six = host.find(':') != std::string::npos;
  return cat(tls ? "rediss://" : "redis://", six ? cat("[", host, "]") : host, ":", port,
             database == 0 ? std::string() : cat("/", database));
}

}  // namespace adit::token
