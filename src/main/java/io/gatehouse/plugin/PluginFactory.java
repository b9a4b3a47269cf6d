package io.gatehouse.plugin;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;

/** Creates the handler of a configured plugin whenever the configuration changes. */
public interface PluginFactory {
    PluginHandler create(Plugin plugin, Catalog catalog);
}
