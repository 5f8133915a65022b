package io.millrace.boot.autoconfigure;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.millrace.core.EngineConfig;
import io.millrace.core.http2.Http2Options;
import io.millrace.core.transport.ListenerAddress;
import io.millrace.core.transport.ListenerConfig;
import io.millrace.core.transport.ListenerOptions;
import io.millrace.core.transport.TlsContexts;
import io.millrace.core.transport.TlsOptions;
import io.millrace.core.transport.TlsSettings;
import io.millrace.core.transport.TlsSettings.ClientCertificate;
import io.millrace.core.transport.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.context.FilteredClassLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What may be said of listeners, and what contradicts itself.
 */
class ConfiguredListenersTests {

	private static final TlsOptions TLS = tls();

	private static TlsOptions tls() {
		try {
			TlsSettings settings = new TlsSettings(TlsFiles.AUTHORITY.toKeyManagerFactory(), null,
					ClientCertificate.NONE, "TLS", null, null);
			return TlsOptions.of(new TlsContexts(settings, Map.of()));
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static EngineConfig.Builder config() {
		return EngineConfig.builder()
			.transport(Transport.NIO)
			.listener(ListenerOptions.at(new InetSocketAddress(8080)));
	}

	private static List<ListenerConfig> create(EngineConfig config, String... properties) {
		Map<String, String> values = new LinkedHashMap<>();
		for (String property : properties) {
			String[] parts = property.split("=", 2);
			values.put("millrace.listeners" + parts[0], parts[1]);
		}
		List<ListenerProperties> listeners = new Binder(new MapConfigurationPropertySource(values))
			.bind("millrace.listeners", Bindable.listOf(ListenerProperties.class))
			.orElse(List.of());
		return new ConfiguredListeners(listeners, (ssl, property, http2) -> TLS).create(config);
	}

	@Test
	void aListenerIsWhatItsPropertiesSay() {
		List<ListenerConfig> created = create(config().build(), "[0].port=8443", "[0].ssl.bundle=web", "[0].name=https",
				"[1].unix=/run/app/app.sock", "[1].permissions=rw-rw----", "[2].port=8081", "[2].address=127.0.0.1",
				"[2].redirect-to-https=true", "[2].https-port=443", "[3].port=8082", "[3].proxy-protocol.enabled=true",
				"[3].proxy-protocol.trusted-proxies=10.0.0.0/8");
		assertThat(created).extracting(ListenerConfig::name)
			.containsExactly("https", "listener-2", "listener-3", "listener-4");
		assertThat(created.get(0).tls()).isSameAs(TLS);
		assertThat(created.get(1).address()).isInstanceOfSatisfying(ListenerAddress.Unix.class, (unix) -> {
			assertThat(unix.path()).isEqualTo(Path.of("/run/app/app.sock"));
			assertThat(unix.permissions()).hasSize(4);
		});
		assertThat(created.get(2).httpsPort()).isEqualTo(443);
		assertThat(created.get(2).address())
			.isEqualTo(new ListenerAddress.Tcp(new InetSocketAddress("127.0.0.1", 8081)));
		assertThat(created.get(3).proxyProtocol()).isNotNull();
	}

	@Test
	void http2IsAsTheServerHasItUnlessAListenerSaysOtherwise() {
		String[] properties = { "[0].port=1", "[1].port=2", "[1].http2=false" };
		assertThat(create(config().http2(Http2Options.defaults()).build(), properties))
			.extracting(ListenerConfig::http2)
			.containsExactly(true, false);
		assertThat(create(config().build(), properties)).extracting(ListenerConfig::http2)
			.containsExactly(false, false);
	}

	@Test
	void onePortMayBeHadOnTwoAddresses() {
		assertThat(create(config().build(), "[0].port=9000", "[0].address=127.0.0.1", "[1].port=9000",
				"[1].address=127.0.0.2", "[2].port=0", "[3].port=0"))
			.hasSize(4);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					[0].name=x | [0] | has to say where it listens
					[0].port=70000 | [0].port | 0 (any that is free) to 65535
					[0].port=-1 | [0].port | 0 (any that is free) to 65535
					[0].port=1,[0].unix=/a | [0].unix | Make them two entries
					[0].inherited=web,[0].unix=/a | [0].unix | Make them two entries
					[0].inherited=web,[0].port=1 | [0].inherited | Whoever opens the socket says its port
					[0].inherited=web | [0].inherited | The transport nio cannot take a socket over. Set millrace.transport=epoll
					[0].unix=/a,[0].address=127.0.0.1 | [0].address | Set millrace.listeners[0].port, or remove it
					[0].port=1,[0].permissions=rw------- | [0].permissions | Set millrace.listeners[0].unix
					[0].unix=/a,[0].permissions=0660 | [0].permissions | for example rw-rw----
					[0].port=8080 | [0].port | server.port has it already
					[0].port=8080,[0].address=127.0.0.1 | [0].port | server.port has it already
					[0].port=1,[1].port=2,[2].port=1 | [2].port | The listener 'listener-1' has it already
					[0].unix=/a/b,[1].unix=/a/../a/b | [1].unix | The listener 'listener-1' has it already
					[0].port=1,[0].name=main | [0].name | So is called the listener of server.port
					[0].port=1,[0].name=a,[1].port=2,[1].name=a | [1].name | Another entry has the same name
					[0].port=1,[0].name=1st | [0].name | has a letter first
					[0].port=1,[0].name=listener-2,[1].port=2 | [1].name | Another entry has the same name
					[0].port=1,[0].ssl.bundle=web,[0].redirect-to-https=true | [0].redirect-to-https | uses https already
					[0].port=1,[0].redirect-to-https=true | [0].redirect-to-https | No port speaks https
					[0].port=1,[0].redirect-to-https=true,[1].unix=/a,[1].ssl.bundle=web | [0].redirect-to-https | No port speaks https
					[0].port=1,[0].http2=true | [0].http2 | Set server.http2.enabled=true
					[0].port=1,[0].https-port=443 | [0].https-port | Set millrace.listeners[0].redirect-to-https=true
					[0].port=1,[0].redirect-to-https=true,[0].https-port=0 | [0].https-port | 1 to 65535
					[0].port=1,[0].proxy-protocol.enabled=true | [0].proxy-protocol.trusted-proxies | for example 10.0.1.0/24
					[0].port=1,[0].proxy-protocol.trusted-proxies=10.0.0.1 | [0].proxy-protocol.trusted-proxies | enabled=true, or remove it
					[0].port=1,[0].proxy-protocol.enabled=true,[0].proxy-protocol.trusted-proxies=lb.example | [0].proxy-protocol.trusted-proxies | is no block of addresses
					""")
	void whatContradictsItselfIsRefused(String properties, String property, String reason) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> create(config().build(), properties.split(",")))
			.satisfies((failure) -> {
				assertThat(failure.getName()).isEqualTo("millrace.listeners" + property);
				assertThat(failure.getReason()).contains(reason);
			});
	}

	@Test
	void aPortThatDoesNotListenIsFree() {
		assertThat(create(config().listening(false).build(), "[0].port=8080")).hasSize(1);
	}

	@Test
	void itsNameIsNot() {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> create(config().listening(false).build(), "[0].port=8080", "[0].name=main"))
			.satisfies((failure) -> assertThat(failure.getName()).isEqualTo("millrace.listeners[0].name"));
	}

	@Test
	void aSocketIsTakenOverOnce() {
		if (Transport.EPOLL.isAvailable()) {
			EngineConfig epoll = config().transport(Transport.EPOLL).build();
			assertThat(create(epoll, "[0].inherited=web")).hasSize(1);
			assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
				.isThrownBy(() -> create(epoll, "[0].inherited=web", "[1].inherited=web"))
				.satisfies((failure) -> assertThat(failure.getName()).isEqualTo("millrace.listeners[1].inherited"));
		}
	}

	@Test
	void everybodyMayBeSentToThePortOfTheServerWhereThatHasTls() {
		assertThat(create(config().tls(TLS).build(), "[0].port=1", "[0].redirect-to-https=true")).hasSize(1);
	}

	@Test
	void everybodyMayBeSentToASocketThatIsTakenOver() {
		if (Transport.EPOLL.isAvailable()) {
			assertThat(create(config().transport(Transport.EPOLL).build(), "[0].port=1", "[0].redirect-to-https=true",
					"[1].inherited=https", "[1].ssl.bundle=web"))
				.hasSize(2);
		}
	}

	@Test
	void withoutItsLibraryThereIsNoProxyProtocol() {
		ProxyProtocolProperties properties = new ProxyProtocolProperties();
		properties.setEnabled(true);
		properties.setTrustedProxies(List.of("10.0.0.1"));
		ClassLoader without = new FilteredClassLoader("io.netty.handler.codec.haproxy");
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> new ConfiguredProxyProtocol(properties, "millrace.proxy-protocol", without)
				.options(java.time.Duration.ZERO))
			.satisfies((failure) -> {
				assertThat(failure.getName()).isEqualTo("millrace.proxy-protocol.enabled");
				assertThat(failure.getReason()).contains("io.netty:netty-codec-haproxy");
			});
	}

}
