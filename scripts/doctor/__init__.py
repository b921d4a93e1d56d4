"""What an installation, a wheel or a release of LiteLLM is, what fails there, and what to do.

word -> target -> contents -> (identity, record, origin, indicators) -> report -> text or JSON
                              release -> (rust, transport, measured)
                              config  -> deployments -> endpoints -> client configuration

What is examined may be the payload of an attack: it is read, with limits, and never imported or run. No module of this
package goes on the network.
"""
