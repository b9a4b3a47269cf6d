package io.gatehouse.routing;

import io.gatehouse.oauth.Resource;
import org.jspecify.annotations.Nullable;

/**
 * Names the metadata documents of a route, and where clients look for them: the well-known path before the route's path (RFC 8414
 * §3.1, RFC 9728 §3.1) or after it.
 */
public enum MetadataDocument {
    AUTHORIZATION_SERVER("/.well-known/oauth-authorization-server"),
    PROTECTED_RESOURCE("/.well-known/oauth-protected-resource");

    private static final String WELL_KNOWN = "/.well-known/";
    private static final MetadataDocument[] ALL = values();

    private final String path;

    MetadataDocument(String path) {
        this.path = path;
    }

    /** The URL of this document, of an identifier that consists of an origin and a path. */
    public String url(String origin, String identifiersPath) {
        return origin + path + identifiersPath;
    }

    /** The document that a normalised path names on a route; null: none. */
    public static @Nullable MetadataDocument of(String path, String matchedPath) {
        String prefix = Resource.withoutFinalSlash(matchedPath);
        // Runs for every API call, nearly all of which have no such path.
        if (!path.startsWith(WELL_KNOWN, prefix.length()) && !path.startsWith(WELL_KNOWN)) {
            return null;
        }
        for (MetadataDocument document : ALL) {
            if (path.equals(prefix + document.path) || path.equals(document.path + prefix)) {
                return document;
            }
        }
        return null;
    }

    /** Whether a path begins or ends as that of a document. */
    public static boolean isLike(String path) {
        for (MetadataDocument document : ALL) {
            if (path.startsWith(document.path) || path.endsWith(document.path)) {
                return true;
            }
        }
        return false;
    }

    /** The path of the route that a path in the form of the RFCs is about; null: it is not in that form. */
    public static @Nullable String routePath(String path) {
        for (MetadataDocument document : ALL) {
            if (path.equals(document.path) || path.startsWith(document.path + "/")) {
                return path.substring(document.path.length());
            }
        }
        return null;
    }
}
