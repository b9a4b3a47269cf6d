package bench;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/** One route to the upstream, and a check of opaque tokens against a cache in the process: no digest, no clock, one header. */
@SpringBootApplication
public class Gateway {
    private static final String BEARER = "Bearer ";

    public static void main(String[] args) {
        SpringApplication.run(Gateway.class, args);
    }

    @Bean
    RouteLocator routes(RouteLocatorBuilder builder, @Value("${bench.upstream}") String upstream) {
        return builder.routes()
                .route("protected", route -> route.path("/protected").uri(upstream))
                .build();
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    GlobalFilter tokenCheck(@Value("${bench.token}") String token) {
        Cache<String, String> consumers =
                Caffeine.newBuilder().maximumSize(500_000).build();
        consumers.put(token, "alex");
        return (exchange, chain) -> {
            String authorization = exchange.getRequest().getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
            String consumer = authorization != null && authorization.startsWith(BEARER)
                    ? consumers.getIfPresent(authorization.substring(BEARER.length()))
                    : null;
            if (consumer == null) {
                exchange.getResponse().setStatusCode(HttpStatus.UNAUTHORIZED);
                return exchange.getResponse().setComplete();
            }
            return chain.filter(exchange.mutate()
                    .request(request -> request.header("X-Consumer-Username", consumer))
                    .build());
        };
    }
}
