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
    public static final EntitySchema SERVICES = linked(ServicesSchema.SCHEMA);
    public static final EntitySchema ROUTES = linked(RoutesSchema.SCHEMA);
    public static final EntitySchema CONSUMERS = linked(ConsumersSchema.SCHEMA);
    public static final EntitySchema PLUGINS = linked(PluginsSchema.SCHEMA);
    public static final EntitySchema OAUTH2_CREDENTIALS = linked(OAuth2CredentialsSchema.SCHEMA);
    public static final EntitySchema OAUTH2_METADATA = linked(OAuth2MetadataSchema.SCHEMA);
    public static final EntitySchema OAUTH2_SECRETS = linked(OAuth2SecretsSchema.SCHEMA);
    public static final EntitySchema OAUTH2_TOKENS = linked(OAuth2TokensSchema.SCHEMA);

    public static final EntitySchema KEYAUTH_CREDENTIALS = linked(KeyAuthCredentialsSchema.SCHEMA);
    public static final EntitySchema BASICAUTH_CREDENTIALS = linked(BasicAuthCredentialsSchema.SCHEMA);
    public static final EntitySchema HMACAUTH_CREDENTIALS = linked(HmacAuthCredentialsSchema.SCHEMA);
    public static final EntitySchema JWT_SECRETS = linked(JwtSecretsSchema.SCHEMA);
    public static final EntitySchema ACLS = linked(AclsSchema.SCHEMA);

    public static final EntitySchema CERTIFICATES = linked(CertificatesSchema.SCHEMA);
    public static final EntitySchema SNIS = linked(SnisSchema.SCHEMA);
    public static final EntitySchema CA_CERTIFICATES = linked(CaCertificatesSchema.SCHEMA);
    public static final EntitySchema UPSTREAMS = linked(UpstreamsSchema.SCHEMA);
    public static final EntitySchema TARGETS = linked(TargetsSchema.SCHEMA);

    public static final EntitySchema VAULTS = linked(VaultsSchema.SCHEMA);
    public static final EntitySchema KEY_SETS = linked(KeySetsSchema.SCHEMA);
    public static final EntitySchema KEYS = linked(KeysSchema.SCHEMA);
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

    private static EntitySchema linked(EntitySchema schema) {
        return schema.linkedBy(EntitySchemas::find);
    }

    /** Returns all schemas. A referenced entity precedes those that reference it. */
    public static List<EntitySchema> all() {
        return ALL;
    }

    public static Optional<EntitySchema> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }
}
