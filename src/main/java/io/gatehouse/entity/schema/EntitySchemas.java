package io.gatehouse.entity.schema;

import io.gatehouse.entity.plugin.PluginsSchema;
import io.gatehouse.schema.EntitySchema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Lists all entities. Each has its endpoints, its schema and its table. */
public final class EntitySchemas {
    public static final EntitySchema SERVICES = ServicesSchema.SCHEMA;
    public static final EntitySchema ROUTES = RoutesSchema.SCHEMA;
    public static final EntitySchema CONSUMERS = ConsumersSchema.SCHEMA;
    public static final EntitySchema PLUGINS = PluginsSchema.SCHEMA;
    public static final EntitySchema OAUTH2_CREDENTIALS = OAuth2CredentialsSchema.SCHEMA;
    public static final EntitySchema OAUTH2_METADATA = OAuth2MetadataSchema.SCHEMA;
    public static final EntitySchema OAUTH2_SECRETS = OAuth2SecretsSchema.SCHEMA;
    public static final EntitySchema OAUTH2_TOKENS = OAuth2TokensSchema.SCHEMA;

    public static final EntitySchema KEYAUTH_CREDENTIALS = KeyAuthCredentialsSchema.SCHEMA;
    public static final EntitySchema BASICAUTH_CREDENTIALS = BasicAuthCredentialsSchema.SCHEMA;
    public static final EntitySchema HMACAUTH_CREDENTIALS = HmacAuthCredentialsSchema.SCHEMA;
    public static final EntitySchema JWT_SECRETS = JwtSecretsSchema.SCHEMA;
    public static final EntitySchema ACLS = AclsSchema.SCHEMA;

    public static final EntitySchema CERTIFICATES = CertificatesSchema.SCHEMA;
    public static final EntitySchema SNIS = SnisSchema.SCHEMA;
    public static final EntitySchema CA_CERTIFICATES = CaCertificatesSchema.SCHEMA;
    public static final EntitySchema UPSTREAMS = UpstreamsSchema.SCHEMA;
    public static final EntitySchema TARGETS = TargetsSchema.SCHEMA;

    public static final EntitySchema VAULTS = VaultsSchema.SCHEMA;
    public static final EntitySchema KEY_SETS = KeySetsSchema.SCHEMA;
    public static final EntitySchema KEYS = KeysSchema.SCHEMA;
    /** The rows of {@code /tags}. They are no entities of their own. */
    public static final EntitySchema TAGS = TagsSchema.SCHEMA;
    /** The rows of {@code /audit/requests}. They are no entities of their own. */
    public static final EntitySchema AUDIT_REQUESTS = AuditRequestsSchema.SCHEMA;

    private static final List<EntitySchema> ALL = List.of(
            VAULTS,
            KEY_SETS,
            KEYS,
            CERTIFICATES,
            SNIS,
            CA_CERTIFICATES,
            UPSTREAMS,
            TARGETS,
            SERVICES,
            ROUTES,
            CONSUMERS,
            PLUGINS,
            OAUTH2_CREDENTIALS,
            OAUTH2_METADATA,
            OAUTH2_SECRETS,
            OAUTH2_TOKENS,
            KEYAUTH_CREDENTIALS,
            BASICAUTH_CREDENTIALS,
            HMACAUTH_CREDENTIALS,
            JWT_SECRETS,
            ACLS);

    private static final Map<String, EntitySchema> BY_NAME =
            ALL.stream().collect(Collectors.toUnmodifiableMap(EntitySchema::name, Function.identity()));

    private EntitySchemas() {}

    /** Returns all schemas. A referenced entity precedes those that reference it. */
    public static List<EntitySchema> all() {
        return ALL;
    }

    public static Optional<EntitySchema> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }
}
