package bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.security.crypto.password.NoOpPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.server.authorization.JdbcOAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.client.JdbcRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.OAuth2TokenFormat;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;

/**
 * Issues opaque tokens to one client and stores client and tokens in PostgreSQL, with Spring's own repositories and tables.
 *
 * <p>The lifetime of a token is the default of Gatehouse's plugin.
 */
@SpringBootApplication
public class AuthorizationServer {
    private static final String SCHEMA = "org/springframework/security/oauth2/server/authorization/";

    public static void main(String[] args) {
        SpringApplication.run(AuthorizationServer.class, args);
    }

    @Bean
    RegisteredClientRepository clients(DataSource database, JdbcTemplate jdbc) throws IOException {
        new ResourceDatabasePopulator(
                        schema(SCHEMA + "client/oauth2-registered-client-schema.sql"),
                        schema(SCHEMA + "oauth2-authorization-schema.sql"))
                .execute(database);
        JdbcRegisteredClientRepository clients = new JdbcRegisteredClientRepository(jdbc);
        clients.save(RegisteredClient.withId("bench")
                .clientId("bench-client")
                .clientSecret("bench-secret")
                .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
                .tokenSettings(TokenSettings.builder()
                        .accessTokenFormat(OAuth2TokenFormat.REFERENCE)
                        .accessTokenTimeToLive(Duration.ofHours(2))
                        .build())
                .build());
        return clients;
    }

    /** Compares the clear secret, as Gatehouse does. Spring's default encoder replaces a clear secret by a bcrypt hash at its first use. */
    @Bean
    @SuppressWarnings("deprecation") // because it is not safe in production
    PasswordEncoder encoder() {
        return NoOpPasswordEncoder.getInstance();
    }

    @Bean
    OAuth2AuthorizationService authorizations(JdbcTemplate jdbc, RegisteredClientRepository clients) {
        return new JdbcOAuth2AuthorizationService(jdbc, clients);
    }

    /** PostgreSQL has no type blob: the file itself asks for text in its place. */
    private static Resource schema(String path) throws IOException {
        String sql = new ClassPathResource(path).getContentAsString(StandardCharsets.UTF_8);
        return new ByteArrayResource(sql.replace(" blob ", " text ").getBytes(StandardCharsets.UTF_8));
    }
}
