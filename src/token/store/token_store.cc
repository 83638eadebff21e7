#include "adit/token_store.h"

#include <algorithm>

#include "adit/error.h"

#include "base/text/text.h"
#include "token/store/file_store.h"
#include "token/store/redis_store.h"
#include "token/store/store_paths.h"

namespace adit::token {

std::shared_ptr<TokenStore> open_store(std::string_view url) {
  url = trim(url);
  if (is_memory(url)) return std::make_shared<MemoryStore>();
  if (url.starts_with("file:")) {
    auto path = url.substr(5);
    if (path.starts_with("//")) path.remove_prefix(2);  // file:///path, with no host
    const bool control = std::any_of(path.begin(), path.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    if (path.empty() || control) {
      throw Error::configuration("invalid_store", path.empty() ? "The token store 'file:' does not name a folder."
                                                               : "The token store's path contains a control character.")
          .hint("Write file:/path/of/a/folder; a missing folder is created.");
    }
    return std::make_shared<FileStore>(std::string(path));
  }
  if (url.starts_with("redis:") || url.starts_with("rediss:") || url.starts_with("unix:"))
    return std::make_shared<RedisStore>(RedisAddress::parse(url));
  // The message shows at most the scheme, because the text may contain a password.
  const std::vector<std::string> kinds = {"memory", "file", "redis", "rediss", "unix"};
  throw Error::configuration("invalid_store", cat("The token store has an unknown scheme before its colon: ",
                                                  described(url.substr(0, url.find(':')), kinds), "."))
      .hint(
          "Kinds: memory:, file:FOLDER, redis://[user:password@]host[:port][/db], rediss:// (the same with TLS), unix:/path/of/redis.sock[?db=N].");
}

}  // namespace adit::token
